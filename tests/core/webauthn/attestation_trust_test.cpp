// Steps 23 and 24 by the rules other than trust anchors, which packed_test.cpp shows.
#include "webauthn/attestation_trust.hpp"

#include <gtest/gtest.h>

#include "attestation/statement_fixture.hpp"
#include "support/test_metadata.hpp"
#include "webauthn/aaguid_text.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;
using support::CertificateSpec;
using support::metadata_entry;

constexpr UnixMillis kNow = 1'770'000'000'000;
constexpr const char* kModel = "08987058-cadc-4b81-b6e1-30de50dcbe96";
constexpr const char* kNoModel = "00000000-0000-0000-0000-000000000000";

Bytes root_certificate() {
  CertificateSpec spec;
  spec.subject = spec.issuer = {{"CN", "Example Root"}};
  spec.ca = true;
  return make_certificate(spec, root_key(), root_key());
}

/// The same bytes each time: ECDSA signs anew.
const Bytes& leaf_certificate() {
  static const Bytes der = make_certificate({}, attestation_key(), root_key());
  return der;
}

AttestationTrust trust_in(const std::vector<Json>& entries) {
  std::vector<Certificate> roots;
  roots.push_back(Certificate::parse(support::metadata_authority().root).value());
  AttestationTrust trust;
  trust.metadata =
      MetadataBlob::parse(support::make_metadata_blob(support::metadata_payload(entries)),
                          {roots, support::kMetadataHost}, kNow)
          .value();
  return trust;
}

GoodCeremony ceremony_by(AttestationTrustRule rule, const AttestationTrust* trust = nullptr,
                         std::string_view model = kModel) {
  GoodCeremony ceremony;
  ceremony.credential.aaguid = parse_aaguid(model).value();
  ceremony.policy.attestation_trust = rule;
  ceremony.trust = trust;
  ceremony.now = kNow;
  return ceremony;
}

std::string packed_verdict(const GoodCeremony& ceremony,
                           const std::vector<Bytes>& x5c = {leaf_certificate()}) {
  return verdict(verify_statement(
      "packed",
      [&x5c](CborWriter& writer, const Attested& attested) {
        writer.map(3).text("alg").integer(-7).text("sig");
        writer.bytes(attestation_key().sign(attested.message())).text("x5c").array(x5c.size());
        for (const Bytes& certificate : x5c) writer.bytes(certificate);
      },
      ceremony));
}

TEST(AttestationTrust, ParsesNoCertificateForTrustByDefault) {
  // A second certificate that is none: only who looks at the chain can tell.
  const auto with_garbage = [](AttestationTrustRule rule) {
    return verdict(verify_statement(
        "packed",
        [](CborWriter& writer, const Attested& attested) {
          writer.map(3).text("alg").integer(-7).text("sig");
          writer.bytes(attestation_key().sign(attested.message())).text("x5c").array(2);
          writer.bytes(leaf_certificate()).bytes(Bytes(3, 0));
        },
        ceremony_by(rule)));
  };
  EXPECT_EQ(with_garbage(AttestationTrustRule::kNone), "accepted");
  EXPECT_EQ(with_garbage(AttestationTrustRule::kAnchors), "R24 attestation_untrusted");
}

TEST(AttestationTrust, Step23RefusesModelsThatAreNotListed) {
  GoodCeremony ceremony = ceremony_by(AttestationTrustRule::kAaguids);
  EXPECT_EQ(verdict(ceremony.verify_registration()), "R23 authenticator_not_allowed");
  ceremony.policy.aaguids = {Aaguid()};
  EXPECT_EQ(verdict(ceremony.verify_registration()), "R23 authenticator_not_allowed");
}

TEST(AttestationTrust, Step23TakesTheModelsOfTheList) {
  GoodCeremony ceremony = ceremony_by(AttestationTrustRule::kAaguids);
  ceremony.policy.aaguids = {Aaguid(), *parse_aaguid(kModel)};
  EXPECT_EQ(verdict(ceremony.verify_registration()), "accepted");
}

TEST(AttestationTrust, Step23HoldsTheListAgainstEveryRule) {
  GoodCeremony ceremony = ceremony_by(AttestationTrustRule::kNone);
  ceremony.policy.aaguids = {Aaguid()};
  EXPECT_EQ(verdict(ceremony.verify_registration()), "R23 authenticator_not_allowed");
  AttestationTrust anchors;
  anchors.anchors.push_back(Certificate::parse(root_certificate()).value());
  ceremony = ceremony_by(AttestationTrustRule::kAnchors, &anchors);
  EXPECT_EQ(packed_verdict(ceremony), "accepted");
  ceremony.policy.aaguids = {Aaguid()};
  EXPECT_EQ(packed_verdict(ceremony), "R23 authenticator_not_allowed");
}

TEST(AttestationTrust, Step24RefusesAllWhereThereAreNoAnchors) {
  EXPECT_EQ(packed_verdict(ceremony_by(AttestationTrustRule::kAnchors)),
            "R24 attestation_untrusted");
}

TEST(AttestationTrust, Step24RefusesCertificatesWhereThereIsNoTime) {
  AttestationTrust anchors;
  anchors.anchors.push_back(Certificate::parse(root_certificate()).value());
  GoodCeremony ceremony = ceremony_by(AttestationTrustRule::kAnchors, &anchors);
  ceremony.now.reset();
  EXPECT_EQ(packed_verdict(ceremony), "R24 certificate_expired");
}

TEST(MetadataTrust, Step24LeadsToTheRootOfTheModel) {
  const AttestationTrust trust = trust_in({metadata_entry(kModel, {root_certificate()})});
  EXPECT_EQ(packed_verdict(ceremony_by(AttestationTrustRule::kMetadata, &trust)), "accepted");
  // The leaf itself: one model, one certificate.
  const AttestationTrust leaf = trust_in({metadata_entry(kModel, {leaf_certificate()})});
  EXPECT_EQ(packed_verdict(ceremony_by(AttestationTrustRule::kMetadata, &leaf)), "accepted");
}

TEST(MetadataTrust, Step24RefusesAnotherRoot) {
  const AttestationTrust trust =
      trust_in({metadata_entry(kModel, {support::metadata_authority().root, Bytes{1}})});
  EXPECT_EQ(packed_verdict(ceremony_by(AttestationTrustRule::kMetadata, &trust)),
            "R24 attestation_untrusted");
}

TEST(MetadataTrust, Step23RefusesAModelWithABadStatus) {
  const AttestationTrust trust =
      trust_in({metadata_entry(kModel, {root_certificate()}, {"FIDO_CERTIFIED", "REVOKED"})});
  const auto result = ceremony_by(AttestationTrustRule::kMetadata, &trust).verify_registration();
  EXPECT_EQ(verdict(result), "R23 authenticator_not_allowed");
  EXPECT_EQ(result.error().detail, "FIDO metadata says REVOKED of \"Example Model\"");
}

TEST(MetadataTrust, Step23RefusesAModelThatIsNotKnown) {
  const AttestationTrust trust = trust_in({metadata_entry(kModel, {root_certificate()})});
  EXPECT_EQ(packed_verdict(ceremony_by(AttestationTrustRule::kMetadata, &trust,
                                       "00000000-0000-0000-0000-000000000001")),
            "R23 attestation_untrusted");
}

TEST(MetadataTrust, Step24RefusesAttestationWithoutCertificates) {
  const AttestationTrust trust = trust_in({metadata_entry(kModel, {root_certificate()})});
  for (const char* format : {"none", "packed"}) {
    GoodCeremony ceremony = ceremony_by(AttestationTrustRule::kMetadata, &trust);
    ceremony.answer.format = format;
    EXPECT_EQ(verdict(ceremony.verify_registration()), "R24 attestation_untrusted") << format;
  }
}

TEST(MetadataTrust, Step23RefusesAllWhereThereIsNoMetadata) {
  EXPECT_EQ(packed_verdict(ceremony_by(AttestationTrustRule::kMetadata)),
            "R23 attestation_untrusted");
  const AttestationTrust without;
  EXPECT_EQ(packed_verdict(ceremony_by(AttestationTrustRule::kMetadata, &without)),
            "R23 attestation_untrusted");
}

std::string key_identifier(const Bytes& certificate) {
  std::string text;
  for (const std::uint8_t byte : Certificate::parse(certificate)->key_identifier()) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

/// Where the metadata knows the model by the key of `certificate` alone.
AttestationTrust trust_in_key_of(const Bytes& certificate) {
  Json entry = metadata_entry(kModel, {root_certificate()});
  entry.erase("aaguid");
  entry["attestationCertificateKeyIdentifiers"] = {key_identifier(certificate)};
  return trust_in({entry});
}

TEST(MetadataTrust, Step23FindsModelsWithoutAaguidByTheCertificateThatSigned) {
  const AttestationTrust by_leaf = trust_in_key_of(leaf_certificate());
  const AttestationTrust by_root = trust_in_key_of(root_certificate());
  const AttestationTrust by_aaguid = trust_in({metadata_entry(kModel, {root_certificate()})});
  const auto with = [](const AttestationTrust& trust) {
    return packed_verdict(ceremony_by(AttestationTrustRule::kMetadata, &trust, kNoModel),
                          {leaf_certificate(), root_certificate()});
  };
  EXPECT_EQ(with(by_leaf), "accepted");
  EXPECT_EQ(with(by_root), "R23 attestation_untrusted");
  EXPECT_EQ(with(by_aaguid), "R23 attestation_untrusted");
}

TEST(MetadataTrust, Step23KnowsNoModelWithoutAaguidAndCertificate) {
  const AttestationTrust trust = trust_in_key_of(leaf_certificate());
  const GoodCeremony ceremony = ceremony_by(AttestationTrustRule::kMetadata, &trust, kNoModel);
  EXPECT_EQ(verdict(ceremony.verify_registration()), "R23 attestation_untrusted");
}

}  // namespace
}  // namespace masterkey2::webauthn
