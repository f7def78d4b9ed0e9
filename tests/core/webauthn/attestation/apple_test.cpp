// L3 §8.8.
#include <gtest/gtest.h>

#include "statement_fixture.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;
using support::CertificateSpec;
using support::der;
using support::make_certificate;

Bytes good_nonce(const Attested& attested) {
  const Digest nonce = sha256(attested.message());
  return der(0x30, der(0xA1, der(0x04, nonce.view())));
}

struct AppleStatement {
  std::function<Bytes(const Attested&)> nonce = good_nonce;
  bool with_nonce = true;
  const support::VirtualCredential* certified = nullptr;  ///< absent: the credential's key

  void operator()(CborWriter& writer, const Attested& attested) const {
    CertificateSpec spec;
    if (with_nonce) spec.extensions = {{"1.2.840.113635.100.8.2", nonce(attested)}};
    const auto& key = certified == nullptr ? attested.credential : *certified;
    writer.map(1).text("x5c").array(1).bytes(make_certificate(spec, key, root_key()));
  }
};

TEST(AppleAttestation, CertifiesTheCredentialKeyForTheCeremony) {
  const auto result = verify_statement("apple", AppleStatement());
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_EQ(result->attestation_type, "anonca");
}

TEST(AppleAttestation, WantsTheNonce) {
  AppleStatement missing;
  missing.with_nonce = false;
  EXPECT_EQ(statement_verdict("apple", missing), "apple: the certificate has no nonce");
  AppleStatement other;
  other.nonce = [](const Attested&) { return der(0x30, der(0xA1, der(0x04, Bytes(32)))); };
  EXPECT_EQ(statement_verdict("apple", other), "apple: the certificate's nonce is another");
}

TEST(AppleAttestation, WantsTheNonceInItsForm) {
  const std::vector<std::function<Bytes(const Bytes&)>> wrong = {
      [](const Bytes& nonce) { return nonce; },
      [](const Bytes& nonce) { return der(0x04, nonce); },
      [](const Bytes& nonce) { return der(0x30, der(0xA2, der(0x04, nonce))); },
      [](const Bytes& nonce) { return der(0x30, der(0xA1, der(0x03, nonce))); },
      [](const Bytes& nonce) {
        return der(0x30, support::joined({der(0xA1, der(0x04, nonce)), der(0x05, {})}));
      },
      [](const Bytes& nonce) {
        return support::joined({der(0x30, der(0xA1, der(0x04, nonce))), {0}});
      },
      [](const Bytes& nonce) {
        return der(0x30, der(0xA1, support::joined({der(0x04, nonce), der(0x05, {})})));
      },
  };
  for (const auto& make : wrong) {
    AppleStatement statement;
    statement.nonce = [&](const Attested& attested) {
      return make(to_bytes(sha256(attested.message()).view()));
    };
    EXPECT_EQ(statement_verdict("apple", statement), "apple: the certificate's nonce is another");
  }
}

TEST(AppleAttestation, WantsTheCredentialKey) {
  AppleStatement statement;
  statement.certified = &attestation_key();
  EXPECT_EQ(statement_verdict("apple", statement), "apple: the certificate is for another key");
}

TEST(AppleAttestation, WantsCertificates) {
  EXPECT_EQ(statement_verdict("apple", [](CborWriter& w, const Attested&) { w.map(0); }),
            "apple: x5c is missing or not an array");
}

}  // namespace
}  // namespace masterkey2::webauthn
