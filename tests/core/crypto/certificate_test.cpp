#include "crypto/certificate.hpp"

#include <gtest/gtest.h>

#include "encoding/base64.hpp"
#include "support/test_certificate.hpp"

namespace masterkey2 {
namespace {

using support::CertificateSpec;
using support::der;
using support::VirtualCredential;

const VirtualCredential& key() {
  static const auto made = VirtualCredential::create(-7, {});
  return made;
}

Bytes certificate_der(const CertificateSpec& spec = {}) {
  return make_certificate(spec, key(), key());
}

Certificate certificate(const CertificateSpec& spec = {}) {
  return Certificate::parse(certificate_der(spec)).value();
}

std::string pem(ByteView bytes) {
  std::string text = "-----BEGIN CERTIFICATE-----\n";
  const std::string encoded = base64_encode(bytes);
  for (std::size_t at = 0; at < encoded.size(); at += 64) text += encoded.substr(at, 64) + "\n";
  return text + "-----END CERTIFICATE-----\n";
}

CertificateSpec named(const std::string& common_name) {
  CertificateSpec spec;
  spec.subject = {{"CN", common_name}};
  return spec;
}

TEST(Certificate, IsForTheHostOfItsCommonName) {
  EXPECT_TRUE(certificate(named("attest.android.com")).is_for_host("attest.android.com"));
  EXPECT_FALSE(certificate(named("attest.android.com")).is_for_host("android.com"));
  EXPECT_FALSE(certificate(named("attest.android.com")).is_for_host(""));
  EXPECT_FALSE(certificate(named("*.android.com")).is_for_host("attest.android.com"));
}

TEST(Certificate, PrefersItsAlternativeNames) {
  CertificateSpec spec = named("attest.android.com");
  spec.extensions = {{"2.5.29.17", der(0x30, der(0x82, as_bytes("mds.example.org"))), false}};
  EXPECT_TRUE(certificate(spec).is_for_host("mds.example.org"));
  EXPECT_FALSE(certificate(spec).is_for_host("attest.android.com"));
}

TEST(Certificate, IsNamedByItsKey) {
  const Bytes identifier = certificate().key_identifier();
  EXPECT_EQ(identifier.size(), 20U);
  EXPECT_EQ(certificate(named("other")).key_identifier(), identifier);
  const auto other = VirtualCredential::create(-7, {});
  EXPECT_NE(Certificate::parse(make_certificate({}, other, key()))->key_identifier(), identifier);
}

TEST(PemCertificates, AreReadInOrder) {
  const std::string text = "# a comment\n" + pem(certificate_der(named("a.example"))) + "\nmore\n" +
                           pem(certificate_der(named("b.example")));
  const auto certificates = parse_pem_certificates(text);
  ASSERT_TRUE(certificates);
  ASSERT_EQ(certificates->size(), 2U);
  EXPECT_EQ((*certificates)[0].subject_attribute("CN"), "a.example");
  EXPECT_EQ((*certificates)[1].subject_attribute("CN"), "b.example");
}

TEST(PemCertificates, AreAllOrNothing) {
  const std::string good = pem(certificate_der());
  EXPECT_FALSE(parse_pem_certificates(""));
  EXPECT_FALSE(parse_pem_certificates("nothing"));
  EXPECT_FALSE(parse_pem_certificates(good.substr(0, good.size() / 2)));
  EXPECT_FALSE(parse_pem_certificates(good + good.substr(0, good.size() / 2)));
  EXPECT_FALSE(parse_pem_certificates(good + pem(Bytes(40, 7))));
  // A broken extension: basic constraints that are no SEQUENCE.
  CertificateSpec broken;
  broken.extensions = {{"2.5.29.19", {0x05, 0x00}, false}};
  EXPECT_FALSE(Certificate::parse(certificate_der(broken)));
  EXPECT_FALSE(parse_pem_certificates(good + pem(certificate_der(broken))));
}

}  // namespace
}  // namespace masterkey2
