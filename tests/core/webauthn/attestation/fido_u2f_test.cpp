// L3 §8.6.
#include <gtest/gtest.h>

#include "statement_fixture.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;
using support::joined;
using support::make_certificate;

/// 0x00 | rpIdHash | clientDataHash | credentialId | point.
Bytes u2f_message(const Attested& attested) {
  const Bytes& key = attested.credential.public_key;
  const Bytes x(key.begin() + 10, key.begin() + 42);
  const Bytes y(key.begin() + 45, key.begin() + 77);
  return joined({{0x00},
                 attested.rp_id_hash,
                 attested.client_data_hash,
                 attested.credential.id,
                 {0x04},
                 x,
                 y});
}

struct U2fStatement {
  std::int32_t key_algorithm = kEs256;
  std::size_t certificates = 1;
  std::function<Bytes(const Attested&)> message = u2f_message;

  void operator()(CborWriter& writer, const Attested& attested) const {
    const auto& key = attestation_key(key_algorithm);
    writer.map(2).text("sig").bytes(key.sign(message(attested))).text("x5c").array(certificates);
    for (std::size_t i = 0; i < certificates; ++i) {
      writer.bytes(make_certificate({}, key, root_key()));
    }
  }
};

TEST(FidoU2fAttestation, IsSignedByTheCertifiedKey) {
  const auto result = verify_statement("fido-u2f", U2fStatement());
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_EQ(result->attestation_type, "basic");
}

TEST(FidoU2fAttestation, AcceptsAnAaguidThatIsNotZero) {
  GoodCeremony ceremony;
  ceremony.credential.aaguid.bytes.fill(7);
  EXPECT_EQ(statement_verdict("fido-u2f", U2fStatement(), ceremony), "accepted");
}

TEST(FidoU2fAttestation, RefusesAnAaguidThatIsNotZeroWherePolicySaysSo) {
  GoodCeremony ceremony;
  ceremony.policy.legacy_attestation.u2f_aaguid = false;
  EXPECT_EQ(statement_verdict("fido-u2f", U2fStatement(), ceremony), "accepted");
  ceremony.credential.aaguid.bytes.fill(7);
  EXPECT_EQ(statement_verdict("fido-u2f", U2fStatement(), ceremony),
            "fido-u2f: the AAGUID is not zero");
}

TEST(FidoU2fAttestation, WantsOneCertificateOfP256) {
  U2fStatement two;
  two.certificates = 2;
  EXPECT_EQ(statement_verdict("fido-u2f", two), "fido-u2f: x5c has more than one certificate");
  U2fStatement p384;
  p384.key_algorithm = -35;
  EXPECT_EQ(statement_verdict("fido-u2f", p384), "fido-u2f: the certificate's key is not on P-256");
}

TEST(FidoU2fAttestation, WantsACredentialKeyOfEs256) {
  U2fStatement statement;
  statement.message = [](const Attested& attested) { return attested.message(); };
  EXPECT_EQ(statement_verdict("fido-u2f", statement, GoodCeremony(kEdDsa)),
            "fido-u2f: the credential key is not one of ES256");
}

TEST(FidoU2fAttestation, RefusesAnotherSignature) {
  U2fStatement packed_way;
  packed_way.message = [](const Attested& attested) { return attested.message(); };
  EXPECT_EQ(statement_verdict("fido-u2f", packed_way), "fido-u2f: the signature does not verify");
  U2fStatement changed;
  changed.message = [](const Attested& attested) {
    Bytes message = u2f_message(attested);
    message.front() = 1;
    return message;
  };
  EXPECT_EQ(statement_verdict("fido-u2f", changed), "fido-u2f: the signature does not verify");
}

TEST(FidoU2fAttestation, WantsSigAndX5cAlone) {
  const auto refused = [](const WriteStatement& write) {
    return statement_verdict("fido-u2f", write);
  };
  EXPECT_EQ(refused([](CborWriter& w, const Attested&) { w.map(0); }),
            "fido-u2f: sig is missing or not a byte string");
  EXPECT_EQ(refused([](CborWriter& w, const Attested&) { w.map(1).text("sig").bytes({}); }),
            "fido-u2f: x5c is missing or not an array");
  EXPECT_EQ(refused([](CborWriter& w, const Attested& attested) {
              w.map(3).text("sig").bytes(attestation_key().sign(u2f_message(attested)));
              w.text("x5c").array(1).bytes(make_certificate({}, attestation_key(), root_key()));
              w.text("alg2").integer(1);
            }),
            "fido-u2f: more than sig and x5c");
  EXPECT_EQ(refused([](CborWriter& w, const Attested&) {
              w.map(2).text("sig").text("x").text("x5c").array(1);
              w.bytes(make_certificate({}, attestation_key(), root_key()));
            }),
            "fido-u2f: sig is missing or not a byte string");
}

}  // namespace
}  // namespace masterkey2::webauthn
