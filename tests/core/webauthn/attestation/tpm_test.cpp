// L3 §8.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "encoding/byte_codec.hpp"
#include "statement_fixture.hpp"
#include "webauthn/attestation/tpm_structures.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;
using support::CertificateSpec;
using support::der;
using support::joined;
using support::make_certificate;

void write_sized(ByteWriter& writer, ByteView bytes) {
  writer.integer(static_cast<std::uint16_t>(bytes.size()));
  writer.raw(bytes);
}

/// TPMT_PUBLIC of an ES256 credential.
Bytes public_area_of(const support::VirtualCredential& credential) {
  const Bytes& key = credential.public_key;
  ByteWriter writer;
  writer.integer(std::uint16_t{0x0023});  // ECC
  writer.integer(std::uint16_t{0x000B});  // SHA-256
  writer.integer(std::uint32_t{0x00060472});
  write_sized(writer, {});
  writer.integer(std::uint16_t{0x0010});  // no symmetric algorithm
  writer.integer(std::uint16_t{0x0018});  // ECDSA …
  writer.integer(std::uint16_t{0x000B});  // … with SHA-256
  writer.integer(std::uint16_t{0x0003});  // P-256
  writer.integer(std::uint16_t{0x0010});  // no key derivation
  write_sized(writer, ByteView(key).subspan(10, 32));
  write_sized(writer, ByteView(key).subspan(45, 32));
  return std::move(writer).take();
}

struct CertifyInfo {
  std::uint32_t magic = 0xFF544347;
  std::uint16_t type = 0x8017;
  Bytes extra_data;
  Bytes name;

  [[nodiscard]] Bytes bytes() const {
    ByteWriter writer;
    writer.integer(magic);
    writer.integer(type);
    write_sized(writer, Bytes{1, 2, 3});
    write_sized(writer, extra_data);
    writer.raw(Bytes(17));
    writer.raw(Bytes(8));
    write_sized(writer, name);
    write_sized(writer, Bytes{4, 5});
    return std::move(writer).take();
  }
};

/// 2.23.133.2.<last>
Bytes tpm_attribute(std::uint8_t last) {
  return der(0x31, der(0x30, joined({der(0x06, Bytes{0x67, 0x81, 0x05, 0x02, last}),
                                     der(0x0C, as_bytes("id:00000000"))})));
}

Bytes alternative_name(const Bytes& attributes) {
  return der(0x30, der(0xA4, der(0x30, attributes)));
}

constexpr std::int32_t kRs1 = -65535;

const Bytes kAikUsage = der(0x30, der(0x06, Bytes{0x67, 0x81, 0x05, 0x08, 0x03}));

CertificateSpec aik_certificate() {
  CertificateSpec spec;
  spec.subject = {};
  spec.extensions = {
      {"2.5.29.17",
       alternative_name(joined({tpm_attribute(1), tpm_attribute(2), tpm_attribute(3)})), true},
      {"2.5.29.37", kAikUsage}};
  return spec;
}

struct TpmStatement {
  std::string version = "2.0";
  CertificateSpec certificate = aik_certificate();
  std::function<void(CertifyInfo&)> edit_info = [](CertifyInfo&) {};
  std::function<void(Bytes&)> edit_info_bytes = [](Bytes&) {};
  std::function<void(Bytes&)> edit_public_area = [](Bytes&) {};
  const support::VirtualCredential* described = nullptr;  ///< absent: the credential
  std::int32_t algorithm = kEs256;                        ///< of the attestation key
  bool sign_something_else = false;
  bool sha1 = false;  ///< RS1 instead of `algorithm`

  void operator()(CborWriter& writer, const Attested& attested) const {
    const auto& key = attestation_key(sha1 ? kRs256 : algorithm);
    Bytes public_area = public_area_of(described == nullptr ? attested.credential : *described);
    edit_public_area(public_area);
    CertifyInfo info;
    info.extra_data = to_bytes(
        message_digest(sha1 ? HashAlgorithm::kSha1 : HashAlgorithm::kSha256, {attested.message()})
            .view());
    info.name = tpm_name(HashAlgorithm::kSha256, public_area);
    edit_info(info);
    Bytes info_bytes = info.bytes();
    edit_info_bytes(info_bytes);
    writer.map(6).text("alg").integer(sha1 ? kRs1 : algorithm).text("sig");
    const Bytes message = sign_something_else ? attested.message() : info_bytes;
    writer.bytes(sha1 ? support::sign_with_sha1(key, message) : key.sign(message));
    writer.text("ver").text(version).text("x5c").array(1);
    writer.bytes(make_certificate(certificate, key, root_key()));
    writer.text("pubArea").bytes(public_area).text("certInfo").bytes(info_bytes);
  }
};

std::string verdict_of(const TpmStatement& statement) {
  return statement_verdict("tpm", statement);
}

TEST(TpmAttestation, CertifiesTheCredentialKey) {
  for (const std::int32_t algorithm : {kEs256, kRs256}) {
    TpmStatement statement;
    statement.algorithm = algorithm;
    const auto result = verify_statement("tpm", statement);
    ASSERT_EQ(verdict(result), "accepted");
    EXPECT_EQ(result->attestation_type, "attca");
  }
}

TEST(TpmAttestation, TakesRs1OnlyWhereThePolicyAllowsIt) {
  GoodCeremony allowed;
  allowed.policy.legacy_attestation.tpm_sha1 = true;
  TpmStatement statement;
  statement.sha1 = true;
  EXPECT_EQ(statement_verdict("tpm", statement), "tpm: alg is unknown: -65535");
  EXPECT_EQ(statement_verdict("tpm", statement, allowed), "accepted");
  // Other algorithms stay as they are.
  EXPECT_EQ(statement_verdict("tpm", TpmStatement(), allowed), "accepted");
  statement.edit_info = [](CertifyInfo& info) { info.extra_data.back() ^= 1; };
  EXPECT_EQ(statement_verdict("tpm", statement, allowed),
            "tpm: certInfo is about another ceremony");
}

TEST(TpmAttestation, LeavesRs1ToTpms) {
  GoodCeremony allowed;
  allowed.policy.legacy_attestation.tpm_sha1 = true;
  const auto packed = [](CborWriter& writer, const Attested&) {
    writer.map(2).text("alg").integer(-65535).text("sig").bytes(Bytes(256, 1));
  };
  EXPECT_EQ(statement_verdict("packed", packed, allowed), "packed: alg is unknown: -65535");
}

TEST(TpmAttestation, WantsVersion2) {
  TpmStatement statement;
  statement.version = "1.2";
  EXPECT_EQ(verdict_of(statement), "tpm: ver is not \"2.0\"");
}

TEST(TpmAttestation, WantsThePublicAreaOfTheCredentialKey) {
  TpmStatement other;
  other.described = &attestation_key();
  EXPECT_EQ(verdict_of(other), "tpm: pubArea is another key");
  for (const std::size_t size : {0U, 1U, 20U, 80U}) {
    TpmStatement cut;
    cut.edit_public_area = [&](Bytes& area) { area.resize(size); };
    EXPECT_EQ(verdict_of(cut), "tpm: pubArea is malformed") << size;
  }
  TpmStatement longer;
  longer.edit_public_area = [](Bytes& area) { area.push_back(0); };
  EXPECT_EQ(verdict_of(longer), "tpm: pubArea is malformed");
  TpmStatement sha1;
  sha1.edit_public_area = [](Bytes& area) { area[3] = 0x04; };
  EXPECT_EQ(verdict_of(sha1), "tpm: pubArea is malformed");
}

TEST(TpmAttestation, WantsCertifyInfoOfThisCeremony) {
  const auto with_info = [](const std::function<void(CertifyInfo&)>& edit) {
    TpmStatement statement;
    statement.edit_info = edit;
    return verdict_of(statement);
  };
  EXPECT_EQ(with_info([](CertifyInfo& info) { info.magic = 0xFF544346; }),
            "tpm: certInfo is malformed");
  EXPECT_EQ(with_info([](CertifyInfo& info) { info.type = 0x8018; }),  // a quote
            "tpm: certInfo is malformed");
  EXPECT_EQ(with_info([](CertifyInfo& info) { info.extra_data.back() ^= 1; }),
            "tpm: certInfo is about another ceremony");
  EXPECT_EQ(with_info([](CertifyInfo& info) { info.extra_data.clear(); }),
            "tpm: certInfo is about another ceremony");
  EXPECT_EQ(with_info([](CertifyInfo& info) { info.name.back() ^= 1; }),
            "tpm: certInfo is about another key");
  EXPECT_EQ(with_info([](CertifyInfo& info) {
              info.name.erase(info.name.begin(), info.name.begin() + 2);
            }),
            "tpm: certInfo is about another key");
}

TEST(TpmAttestation, RefusesCertifyInfoThatIsCutOrTooLong) {
  for (const std::size_t size : {0U, 6U, 40U, 90U}) {
    TpmStatement cut;
    cut.edit_info_bytes = [&](Bytes& info) { info.resize(size); };
    EXPECT_EQ(verdict_of(cut), "tpm: certInfo is malformed") << size;
  }
  TpmStatement longer;
  longer.edit_info_bytes = [](Bytes& info) { info.push_back(0); };
  EXPECT_EQ(verdict_of(longer), "tpm: certInfo is malformed");
}

TEST(TpmAttestation, RefusesAnotherSignature) {
  TpmStatement statement;
  statement.sign_something_else = true;
  EXPECT_EQ(verdict_of(statement), "tpm: the signature does not verify");
}

TEST(TpmAttestation, WantsTheCertificateOfTheSpecification) {
  const auto with_certificate = [](const std::function<void(CertificateSpec&)>& change) {
    TpmStatement statement;
    change(statement.certificate);
    return verdict_of(statement);
  };
  EXPECT_EQ(with_certificate([](CertificateSpec& c) { c.version = 1; }),
            "tpm: the certificate is not of version 3");
  EXPECT_EQ(with_certificate([](CertificateSpec& c) {
              c.subject = {{"CN", "x"}};
            }),
            "tpm: the certificate has a subject");
  EXPECT_EQ(with_certificate([](CertificateSpec& c) { c.extensions.erase(c.extensions.begin()); }),
            "tpm: the certificate does not name a TPM");
  EXPECT_EQ(with_certificate([](CertificateSpec& c) { c.extensions.pop_back(); }),
            "tpm: the certificate's key is not for attestation");
  EXPECT_EQ(with_certificate([](CertificateSpec& c) {
              c.extensions[1].value = der(0x30, der(0x06, Bytes{0x67, 0x81, 0x05, 0x08, 0x01}));
            }),
            "tpm: the certificate's key is not for attestation");
  EXPECT_EQ(with_certificate([](CertificateSpec& c) { c.ca = true; }),
            "tpm: the certificate is that of a CA");
  EXPECT_EQ(with_certificate([](CertificateSpec& c) {
              c.extensions.push_back({"1.3.6.1.4.1.45724.1.1.4", der(0x04, Bytes(16, 1))});
            }),
            "tpm: the certificate is for another AAGUID");
}

TEST(TpmAttestation, WantsManufacturerModelAndVersionInTheCertificate) {
  const auto with_attributes = [](const std::vector<std::uint8_t>& numbers) {
    TpmStatement statement;
    std::vector<Bytes> attributes;
    for (const std::uint8_t number : numbers) attributes.push_back(tpm_attribute(number));
    statement.certificate.extensions[0].value = alternative_name(joined(attributes));
    return verdict_of(statement);
  };
  EXPECT_EQ(with_attributes({3, 1, 2}), "accepted");
  for (const std::vector<std::uint8_t>& numbers :
       std::vector<std::vector<std::uint8_t>>{{}, {1}, {1, 2}, {2, 3}, {1, 3}, {1, 2, 4}}) {
    EXPECT_EQ(with_attributes(numbers), "tpm: the certificate does not name a TPM");
  }
}

TEST(TpmAttestation, ReadsTheNameInTheCertificateWhole) {
  const auto with_name = [](const Bytes& value) {
    TpmStatement statement;
    statement.certificate.extensions[0].value = value;
    return verdict_of(statement);
  };
  const Bytes all = joined({tpm_attribute(1), tpm_attribute(2), tpm_attribute(3)});
  const Bytes directory = der(0xA4, der(0x30, all));
  const Bytes cut = {0x04, 0x05};
  const Bytes dns = der(0x82, as_bytes("example.org"));
  EXPECT_EQ(with_name(der(0x30, joined({dns, directory}))), "accepted");
  EXPECT_EQ(with_name(der(0x30, joined({directory, dns}))), "accepted");
  const auto attribute = [](const Bytes& type, const Bytes& more) {
    return der(0x31, der(0x30, joined({der(0x06, type), der(0x0C, as_bytes("x")), more})));
  };
  const Bytes two = joined({tpm_attribute(2), tpm_attribute(3)});
  const Bytes first = {0x67, 0x81, 0x05, 0x02, 0x01};
  EXPECT_EQ(with_name(alternative_name(joined({attribute(first, {}), two}))), "accepted");
  for (const Bytes& wrong : std::vector<Bytes>{
           joined({der(0x30, directory), {0x00}}),                         // behind the names
           der(0x30, joined({directory, cut})),                            // behind a name
           der(0x30, der(0xA4, joined({der(0x30, all), der(0x05, {})}))),  // inside of the choice
           alternative_name(joined({all, cut})),                           // inside of the name
           alternative_name(joined({all, der(0x31, cut)})),                // inside of a set
           alternative_name(joined({attribute(first, der(0x05, {})), two})),
           // Of another length, of another arc.
           alternative_name(
               joined({attribute(Bytes{0x67, 0x81, 0x05, 0x02, 0x00, 0x01}, {}), two})),
           alternative_name(joined({attribute(Bytes{0x67, 0x81, 0x05, 0x03, 0x01}, {}), two})),
           alternative_name(joined({attribute(Bytes{0x67, 0x81, 0x05, 0x02, 0x00}, {}), two})),
       }) {
    // Some of it OpenSSL does not read.
    EXPECT_THAT(with_name(wrong), testing::AnyOf("tpm: the certificate does not name a TPM",
                                                 "tpm: x5c starts with no certificate"));
  }
}

TEST(TpmAttestation, ReadsTheKeyUsageWhole) {
  const auto with_usage = [](const Bytes& value) {
    TpmStatement statement;
    statement.certificate.extensions[1].value = value;
    return verdict_of(statement);
  };
  const Bytes aik = der(0x06, Bytes{0x67, 0x81, 0x05, 0x08, 0x03});
  const Bytes other = der(0x06, Bytes{0x55, 0x1D, 0x25, 0x00});
  EXPECT_EQ(with_usage(der(0x30, joined({other, aik}))), "accepted");
  EXPECT_EQ(with_usage(der(0x30, joined({aik, other}))), "accepted");
  const std::vector<Bytes> wrong = {der(0x30, other), der(0x30, {}),
                                    der(0x30, joined({aik, Bytes{0x06, 0x05}})),
                                    joined({der(0x30, aik), Bytes{0x00}})};
  for (const Bytes& value : wrong) {
    EXPECT_NE(with_usage(value), "accepted");
  }
}

TEST(TpmAttestation, WantsPubAreaAndCertInfo) {
  EXPECT_EQ(statement_verdict("tpm",
                              [](CborWriter& writer, const Attested& attested) {
                                writer.map(4).text("alg").integer(-7).text("sig");
                                writer.bytes(attestation_key().sign(attested.message()));
                                writer.text("ver").text("2.0").text("x5c").array(1);
                                writer.bytes(make_certificate(aik_certificate(), attestation_key(),
                                                              root_key()));
                              }),
            "tpm: pubArea or certInfo is missing or not a byte string");
  EXPECT_EQ(statement_verdict("tpm",
                              [](CborWriter& writer, const Attested& attested) {
                                writer.map(5).text("alg").integer(-7).text("sig");
                                writer.bytes(attestation_key().sign(attested.message()));
                                writer.text("ver").text("2.0").text("x5c").array(1);
                                writer.bytes(make_certificate(aik_certificate(), attestation_key(),
                                                              root_key()));
                                writer.text("pubArea").bytes(public_area_of(attested.credential));
                              }),
            "tpm: pubArea or certInfo is missing or not a byte string");
  EXPECT_EQ(statement_verdict("tpm",
                              [](CborWriter& writer, const Attested& attested) {
                                writer.map(5).text("alg").integer(-7).text("sig");
                                writer.bytes(attestation_key().sign(attested.message()));
                                writer.text("ver").text("2.0").text("x5c").array(1);
                                writer.bytes(make_certificate(aik_certificate(), attestation_key(),
                                                              root_key()));
                                writer.text("certInfo").bytes(CertifyInfo().bytes());
                              }),
            "tpm: pubArea or certInfo is missing or not a byte string");
  EXPECT_EQ(statement_verdict("tpm", [](CborWriter& w, const Attested&) { w.map(0); }),
            "tpm: ver is not \"2.0\"");
  EXPECT_EQ(statement_verdict(
                "tpm", [](CborWriter& w, const Attested&) { w.map(1).text("ver").integer(2); }),
            "tpm: ver is not \"2.0\"");
  EXPECT_EQ(statement_verdict(
                "tpm", [](CborWriter& w, const Attested&) { w.map(1).text("ver").text("2.0"); }),
            "tpm: alg is missing or no integer");
  EXPECT_EQ(statement_verdict("tpm",
                              [](CborWriter& w, const Attested&) {
                                w.map(3).text("alg").integer(-7).text("sig").bytes(Bytes{1});
                                w.text("ver").text("2.0");
                              }),
            "tpm: x5c is missing or not an array");
}

}  // namespace
}  // namespace masterkey2::webauthn
