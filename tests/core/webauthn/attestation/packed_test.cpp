// L3 §8.2.
#include <gtest/gtest.h>

#include <algorithm>

#include "statement_fixture.hpp"
#include "webauthn/attestation_trust.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;

std::string verdict_with_statement(
    const std::function<void(CborWriter&, const Bytes& signature)>& make) {
  const auto result = verify_statement("packed", [&](CborWriter& writer, const Attested& attested) {
    make(writer, attested.credential.sign(attested.message()));
  });
  return verdict(result);
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

// With certificates.

using support::CertificateSpec;
using support::der;
using support::make_certificate;

/// A good statement, with the certificate and what it signs changed.
struct PackedStatement {
  CertificateSpec certificate;
  std::int32_t key_algorithm = kEs256;
  std::int64_t alg = kEs256;
  std::function<void(Bytes&)> edit_message;

  void operator()(CborWriter& writer, const Attested& attested) const {
    Bytes message = attested.message();
    if (edit_message) edit_message(message);
    writer.map(3).text("alg").integer(alg).text("sig");
    writer.bytes(attestation_key(key_algorithm).sign(message)).text("x5c").array(1);
    writer.bytes(make_certificate(certificate, attestation_key(key_algorithm), root_key()));
  }
};

std::string verdict_of(const PackedStatement& statement) {
  return statement_verdict("packed", statement);
}

TEST(PackedAttestation, IsSignedByTheCertifiedKey) {
  const auto result = verify_statement("packed", PackedStatement());
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_EQ(result->attestation_type, "basic");
}

TEST(PackedAttestation, KnowsEveryAlgorithm) {
  for (const std::int32_t algorithm : {-8, -257, -35, -37}) {
    PackedStatement statement;
    statement.key_algorithm = algorithm;
    statement.alg = algorithm;
    EXPECT_EQ(verdict_of(statement), "accepted") << algorithm;
    statement.alg = kEs256;
    EXPECT_EQ(verdict_of(statement), "packed: the signature does not verify") << algorithm;
  }
}

TEST(PackedAttestation, RefusesAnotherSignature) {
  PackedStatement statement;
  statement.edit_message = [](Bytes& message) { message.back() ^= 1; };
  EXPECT_EQ(verdict_of(statement), "packed: the signature does not verify");
  EXPECT_EQ(statement_verdict("packed",
                              [](CborWriter& writer, const Attested& attested) {
                                writer.map(3).text("alg").integer(-7).text("sig");
                                writer.bytes(attested.credential.sign(attested.message()));
                                writer.text("x5c").array(1).bytes(
                                    make_certificate({}, attestation_key(), root_key()));
                              }),
            "packed: the signature does not verify");
}

TEST(PackedAttestation, RefusesAnUnknownAlgorithm) {
  PackedStatement statement;
  statement.alg = -65535;
  EXPECT_EQ(verdict_of(statement), "packed: alg is unknown: -65535");
}

std::string verdict_with_x5c(const std::function<void(CborWriter&)>& write_x5c) {
  return statement_verdict("packed", [&](CborWriter& writer, const Attested& attested) {
    writer.map(3).text("alg").integer(-7).text("sig");
    writer.bytes(attestation_key().sign(attested.message())).text("x5c");
    write_x5c(writer);
  });
}

TEST(PackedAttestation, WantsCertificatesInX5c) {
  const Bytes good = make_certificate({}, attestation_key(), root_key());
  EXPECT_EQ(verdict_with_x5c([&](CborWriter& w) { w.array(1).bytes(good); }), "accepted");
  EXPECT_EQ(verdict_with_x5c([&](CborWriter& w) { w.array(2).bytes(good).bytes(Bytes{1}); }),
            "accepted");  // what is behind the leaf matters where trust is asked for
  EXPECT_EQ(verdict_with_x5c([&](CborWriter& w) { w.array(2).bytes(good).text("x"); }),
            "packed: x5c holds no byte string");
  EXPECT_EQ(verdict_with_x5c([](CborWriter& w) { w.array(0); }),
            "packed: x5c has no certificate, or more than eight");
  EXPECT_EQ(verdict_with_x5c([&](CborWriter& w) {
              w.array(9);
              for (int i = 0; i < 9; ++i) w.bytes(good);
            }),
            "packed: x5c has no certificate, or more than eight");
  EXPECT_EQ(verdict_with_x5c([](CborWriter& w) { w.map(0); }),
            "packed: x5c is missing or not an array");
  EXPECT_EQ(verdict_with_x5c([](CborWriter& w) { w.bytes({}); }),
            "packed: x5c is missing or not an array");
  EXPECT_EQ(verdict_with_x5c([](CborWriter& w) {
              w.array(1).bytes(Bytes{0x30, 0x00});
            }),
            "packed: x5c starts with no certificate");
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_EQ(verdict_with_x5c([&](CborWriter& w) { w.array(1).bytes(longer); }),
            "packed: x5c starts with no certificate");
}

TEST(PackedAttestation, WantsACertificateWithASoundKey) {
  Bytes certificate = make_certificate({}, attestation_key(), root_key());
  // The point is moved off the curve: its last byte stands behind 04 and 63 others.
  const Bytes start = {0x03, 0x42, 0x00, 0x04};  // BIT STRING, uncompressed
  const auto found =
      std::search(certificate.begin(), certificate.end(), start.begin(), start.end());
  ASSERT_NE(found, certificate.end());
  found[4 + 63] ^= 1;
  EXPECT_EQ(verdict_with_x5c([&](CborWriter& w) { w.array(1).bytes(certificate); }),
            "packed: the certificate's key is unknown or not sound");
}

std::string verdict_with_certificate(const std::function<void(CertificateSpec&)>& change) {
  PackedStatement statement;
  change(statement.certificate);
  return verdict_of(statement);
}

TEST(PackedAttestation, WantsTheCertificateOfTheSpecification) {
  EXPECT_EQ(verdict_with_certificate([](CertificateSpec& c) { c.version = 1; }),
            "packed: the certificate is not of version 3");
  EXPECT_EQ(
      verdict_with_certificate([](CertificateSpec& c) { c.subject.erase(c.subject.begin()); }),
      "packed: the certificate's subject has no country");
  EXPECT_EQ(
      verdict_with_certificate([](CertificateSpec& c) { c.subject.erase(c.subject.begin() + 1); }),
      "packed: the certificate's subject has no organization");
  EXPECT_EQ(verdict_with_certificate(
                [](CertificateSpec& c) { c.subject[2].second = "Authenticator attestation"; }),
            "packed: the certificate's subject has another unit");
  EXPECT_EQ(
      verdict_with_certificate([](CertificateSpec& c) { c.subject.emplace_back("OU", "Another"); }),
      "packed: the certificate's subject has another unit");
  EXPECT_EQ(verdict_with_certificate([](CertificateSpec& c) { c.subject.pop_back(); }),
            "packed: the certificate's subject has no common name");
  EXPECT_EQ(verdict_with_certificate([](CertificateSpec& c) { c.ca = true; }),
            "packed: the certificate is that of a CA");
}

/// A country of one letter: its length written in two bytes, so that all around it stays.
TEST(PackedAttestation, WantsACountryOfTwoLetters) {
  Bytes certificate = make_certificate({}, attestation_key(), root_key());
  const Bytes two = {0x55, 0x04, 0x06, 0x13, 0x02, 'A', 'A'};
  const Bytes one = {0x55, 0x04, 0x06, 0x13, 0x81, 0x01, 'A'};
  const auto found = std::search(certificate.begin(), certificate.end(), two.begin(), two.end());
  ASSERT_NE(found, certificate.end());
  std::copy(one.begin(), one.end(), found);
  EXPECT_EQ(verdict_with_x5c([&](CborWriter& w) { w.array(1).bytes(certificate); }),
            "packed: the certificate's subject has no country");
}

std::string verdict_with_aaguid(const Bytes& value, bool critical) {
  return verdict_with_certificate([&](CertificateSpec& certificate) {
    certificate.extensions = {{"1.3.6.1.4.1.45724.1.1.4", value, critical}};
  });
}

TEST(PackedAttestation, WantsTheCertificateOfTheModel) {
  EXPECT_EQ(verdict_with_aaguid(der(0x04, Bytes(16)), false), "accepted");
  EXPECT_EQ(verdict_with_aaguid(der(0x04, Bytes(16)), true),
            "packed: the AAGUID extension is critical");
  EXPECT_EQ(verdict_with_aaguid(der(0x04, Bytes(16, 1)), false),
            "packed: the certificate is for another AAGUID");
  EXPECT_EQ(verdict_with_aaguid(Bytes(16), false), "packed: the certificate is for another AAGUID");
  EXPECT_EQ(verdict_with_aaguid(support::joined({der(0x04, Bytes(16)), der(0x05, {})}), false),
            "packed: the certificate is for another AAGUID");
  EXPECT_EQ(verdict_with_aaguid(der(0x04, Bytes(15)), false),
            "packed: the certificate is for another AAGUID");
}

// Trust (steps 23 and 24).

/// The verdict on a packed statement with `path` behind the leaf, where `anchors` are trusted.
std::string verdict_with_trust(const std::vector<Bytes>& path, const std::vector<Bytes>& anchors) {
  GoodCeremony ceremony;
  AttestationTrust trust;
  ceremony.now = 1'800'000'000'000;
  for (const Bytes& anchor : anchors) {
    trust.anchors.push_back(Certificate::parse(anchor).value());
  }
  ceremony.trust = &trust;
  ceremony.policy.attestation_trust = AttestationTrustRule::kAnchors;
  return verdict(verify_statement(
      "packed",
      [&](CborWriter& writer, const Attested& attested) {
        writer.map(3).text("alg").integer(-7).text("sig");
        writer.bytes(attestation_key().sign(attested.message())).text("x5c").array(path.size());
        for (const Bytes& certificate : path) writer.bytes(certificate);
      },
      ceremony));
}

CertificateSpec authority(const std::string& name, const std::string& issuer) {
  CertificateSpec spec;
  spec.subject = {{"CN", name}};
  spec.issuer = {{"CN", issuer}};
  spec.ca = true;
  return spec;
}

TEST(AttestationTrust, Step24LeadsToARoot) {
  const Bytes root =
      make_certificate(authority("Example Root", "Example Root"), root_key(), root_key());
  const Bytes leaf = make_certificate({}, attestation_key(), root_key());
  EXPECT_EQ(verdict_with_trust({leaf}, {root}), "accepted");
  EXPECT_EQ(verdict_with_trust({leaf, root}, {root}), "accepted");
  EXPECT_EQ(verdict_with_trust({leaf}, {leaf}), "accepted");  // one model
  EXPECT_EQ(verdict_with_trust({leaf}, {}), "R24 attestation_untrusted");
  EXPECT_EQ(verdict_with_trust({leaf, root}, {}), "R24 attestation_untrusted");
  EXPECT_EQ(verdict_with_trust({leaf, Bytes{1}}, {root}), "R24 attestation_untrusted");
}

TEST(AttestationTrust, Step24LeadsOverAnIntermediate) {
  const auto& middle_key = attestation_key(-35);
  const Bytes root = make_certificate(authority("Root", "Root"), root_key(), root_key());
  const Bytes middle = make_certificate(authority("Example Root", "Root"), middle_key, root_key());
  const Bytes leaf = make_certificate({}, attestation_key(), middle_key);
  EXPECT_EQ(verdict_with_trust({leaf, middle}, {root}), "accepted");
  EXPECT_EQ(verdict_with_trust({leaf}, {middle}), "accepted");
  EXPECT_EQ(verdict_with_trust({leaf}, {root}), "R24 attestation_untrusted");
}

TEST(AttestationTrust, Step24RefusesAnotherRootOfTheSameName) {
  const Bytes leaf = make_certificate({}, attestation_key(), root_key());
  const Bytes other = make_certificate(authority("Example Root", "Example Root"),
                                       attestation_key(-35), attestation_key(-35));
  EXPECT_EQ(verdict_with_trust({leaf}, {other}), "R24 attestation_untrusted");
}

TEST(AttestationTrust, Step24RefusesAnIssuerThatIsNoAuthority) {
  const auto& middle_key = attestation_key(-35);
  const Bytes root = make_certificate(authority("Root", "Root"), root_key(), root_key());
  CertificateSpec no_authority = authority("Example Root", "Root");
  no_authority.ca = false;
  const Bytes middle = make_certificate(no_authority, middle_key, root_key());
  const Bytes leaf = make_certificate({}, attestation_key(), middle_key);
  EXPECT_EQ(verdict_with_trust({leaf, middle}, {root}), "R24 attestation_untrusted");
}

TEST(AttestationTrust, Step24RefusesToDoWithoutCertificatesWhereDirectAttestationWasAskedFor) {
  const AttestationTrust trust;
  for (const char* format : {"none", "packed"}) {
    GoodCeremony ceremony;
    ceremony.answer.format = format;
    ceremony.trust = &trust;
    ceremony.policy.attestation_trust = AttestationTrustRule::kAnchors;
    EXPECT_EQ(verdict(ceremony.verify_registration()), "accepted");
    ceremony.policy.attestation = AttestationConveyance::kDirect;
    EXPECT_EQ(verdict(ceremony.verify_registration()), "R24 attestation_untrusted");
    ceremony.policy.attestation = AttestationConveyance::kEnterprise;
    EXPECT_EQ(verdict(ceremony.verify_registration()), "R24 attestation_untrusted");
  }
}

}  // namespace
}  // namespace masterkey2::webauthn
