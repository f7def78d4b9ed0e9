// L3 §8.2.
#include <gtest/gtest.h>

#include "../good_ceremony.hpp"
#include "crypto/sha256.hpp"
#include "support/cbor_writer.hpp"
#include "webauthn/attestation_object.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;

/// A registration whose statement `make` writes, given the signature of the credential key.
std::string verdict_with_statement(
    const std::function<void(CborWriter&, const Bytes& signature)>& make) {
  GoodCeremony ceremony;
  RegistrationResponse response = ceremony.registration_response();
  const auto object = parse_attestation_object(response.attestation_object).value();
  Bytes message = to_bytes(object.authenticator_data);
  const Digest hash = sha256(response.client_data_json);
  message.insert(message.end(), hash.bytes.begin(), hash.bytes.end());

  CborWriter writer;
  writer.map(3).text("fmt").text("packed").text("attStmt");
  make(writer, ceremony.credential.sign(message));
  writer.text("authData").bytes(object.authenticator_data);
  response.attestation_object = writer.out();
  return verdict(ceremony.verify_registration(response));
}

TEST(PackedSelfAttestation, IsSignedByTheCredentialKey) {
  EXPECT_EQ(verdict_with_statement([](CborWriter& writer, const Bytes& signature) {
              writer.map(2).text("alg").integer(-7).text("sig").bytes(signature);
            }),
            "accepted");
}

TEST(PackedSelfAttestation, WantsAlgAndSig) {
  const auto refused = [](const std::function<void(CborWriter&, const Bytes&)>& make) {
    EXPECT_EQ(verdict_with_statement(make), "R22 bad_attestation");
  };
  refused([](CborWriter& writer, const Bytes&) { writer.map(0); });
  refused([](CborWriter& writer, const Bytes&) { writer.array(0); });
  refused([](CborWriter& writer, const Bytes& signature) {
    writer.map(1).text("sig").bytes(signature);
  });
  refused([](CborWriter& writer, const Bytes&) { writer.map(1).text("alg").integer(-7); });
  refused([](CborWriter& writer, const Bytes& signature) {
    writer.map(2).text("alg").text("-7").text("sig").bytes(signature);
  });
  refused([](CborWriter& writer, const Bytes&) {
    writer.map(2).text("alg").integer(-7).text("sig").text("x");
  });
  refused([](CborWriter& writer, const Bytes&) {
    writer.map(2).text("alg").integer(-7).text("sig").bytes({});
  });
}

TEST(PackedSelfAttestation, WantsTheAlgorithmOfTheKey) {
  for (const std::int64_t alg : {-8, -35, -257, 7, 0}) {
    EXPECT_EQ(verdict_with_statement([&](CborWriter& writer, const Bytes& signature) {
                writer.map(2).text("alg").integer(alg).text("sig").bytes(signature);
              }),
              "R22 bad_attestation");
  }
}

TEST(PackedSelfAttestation, RefusesOtherMembers) {
  EXPECT_EQ(verdict_with_statement([](CborWriter& writer, const Bytes& signature) {
              writer.map(3).text("alg").integer(-7).text("sig").bytes(signature);
              writer.text("ecdaaKeyId").bytes(Bytes{1});
            }),
            "R22 bad_attestation");
}

TEST(PackedSelfAttestation, RefusesTheSignatureOfAnotherKey) {
  GoodCeremony ceremony;
  ceremony.answer.format = "packed";
  RegistrationResponse response = ceremony.registration_response();
  const auto other = support::VirtualCredential::create(kEs256, Bytes(32, 1));
  GoodCeremony foreign;
  foreign.answer.format = "packed";
  foreign.credential = other;
  foreign.credential.public_key = ceremony.credential.public_key;  // claims our key
  EXPECT_EQ(verdict(foreign.verify_registration()), "R22 bad_attestation");
  EXPECT_EQ(verdict(ceremony.verify_registration(response)), "accepted");
}

}  // namespace
}  // namespace masterkey2::webauthn
