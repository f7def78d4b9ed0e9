// L3 §8.4.
#include <gtest/gtest.h>

#include "statement_fixture.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;
using support::CertificateSpec;
using support::der;
using support::joined;
using support::make_certificate;

// Members of an AuthorizationList: [1] purpose, [600] allApplications, [702] origin.
Bytes purpose(const Bytes& integers) { return der(0xA1, der(0x31, integers)); }
Bytes explicit_of(std::uint8_t high, std::uint8_t low, const Bytes& content) {
  Bytes item = der(0, content);
  item.front() = 0xBF;
  item.insert(item.begin() + 1, {high, low});
  return item;
}
const Bytes kAllApplications = explicit_of(0x84, 0x58, der(0x05, {}));
Bytes origin(std::uint8_t value) { return explicit_of(0x85, 0x3E, der(0x02, Bytes{value})); }
const Bytes kSign = purpose(der(0x02, Bytes{2}));

struct AndroidStatement {
  Bytes software_enforced;
  Bytes tee_enforced;
  bool with_description = true;
  std::function<void(Bytes&)> edit_challenge = [](Bytes&) {};
  std::function<void(Bytes&)> edit_description = [](Bytes&) {};
  std::function<void(Bytes&)> edit_message = [](Bytes&) {};
  bool other_key = false;

  void operator()(CborWriter& writer, const Attested& attested) const {
    const auto& key = other_key ? attestation_key() : attested.credential;
    Bytes challenge = attested.client_data_hash;
    edit_challenge(challenge);
    Bytes description =
        der(0x30, joined({der(0x02, Bytes{4}), der(0x0A, Bytes{1}), der(0x02, Bytes{4}),
                          der(0x0A, Bytes{1}), der(0x04, challenge), der(0x04, {}),
                          der(0x30, software_enforced), der(0x30, tee_enforced)}));
    edit_description(description);
    CertificateSpec spec;
    if (with_description) spec.extensions = {{"1.3.6.1.4.1.11129.2.1.17", description}};
    Bytes message = attested.message();
    edit_message(message);
    writer.map(3).text("alg").integer(-7).text("sig").bytes(key.sign(message));
    writer.text("x5c").array(1).bytes(make_certificate(spec, key, root_key()));
  }
};

std::string verdict_of(const AndroidStatement& statement) {
  return statement_verdict("android-key", statement);
}

TEST(AndroidKeyAttestation, DescribesTheCredentialKey) {
  AndroidStatement statement;
  statement.tee_enforced = joined({kSign, origin(0)});
  const auto result = verify_statement("android-key", statement);
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_EQ(result->attestation_type, "basic");
}

TEST(AndroidKeyAttestation, AcceptsEmptyAuthorizationLists) {
  EXPECT_EQ(verdict_of({}), "accepted");
}

TEST(AndroidKeyAttestation, RefusesAnotherSignature) {
  AndroidStatement statement;
  statement.edit_message = [](Bytes& message) { message.back() ^= 1; };
  EXPECT_EQ(verdict_of(statement), "android-key: the signature does not verify");
}

TEST(AndroidKeyAttestation, WantsTheCredentialKey) {
  AndroidStatement statement;
  statement.other_key = true;
  EXPECT_EQ(verdict_of(statement), "android-key: the certificate is for another key");
}

TEST(AndroidKeyAttestation, WantsADescriptionOfTheKey) {
  AndroidStatement missing;
  missing.with_description = false;
  EXPECT_EQ(verdict_of(missing), "android-key: the certificate does not describe the key");
  AndroidStatement longer;
  longer.edit_description = [](Bytes& description) { description.push_back(0); };
  EXPECT_EQ(verdict_of(longer), "android-key: the key's description is malformed");
  AndroidStatement cut;
  cut.edit_description = [](Bytes& description) {
    description.resize(description.size() - 2);
    description[1] = static_cast<std::uint8_t>(description[1] - 2);
  };
  EXPECT_EQ(verdict_of(cut), "android-key: the key's description is malformed");
}

TEST(AndroidKeyAttestation, WantsTheChallenge) {
  AndroidStatement other;
  other.edit_challenge = [](Bytes& challenge) { challenge.back() ^= 1; };
  EXPECT_EQ(verdict_of(other), "android-key: the certificate answers another challenge");
  AndroidStatement empty;
  empty.edit_challenge = [](Bytes& challenge) { challenge.clear(); };
  EXPECT_EQ(verdict_of(empty), "android-key: the certificate answers another challenge");
}

TEST(AndroidKeyAttestation, ChecksBothAuthorizationLists) {
  const auto in_each = [](const Bytes& list, const std::string& expected) {
    AndroidStatement software;
    software.software_enforced = list;
    EXPECT_EQ(verdict_of(software), expected);
    AndroidStatement tee;
    tee.tee_enforced = list;
    EXPECT_EQ(verdict_of(tee), expected);
  };
  in_each(kSign, "accepted");
  in_each(purpose(joined({der(0x02, Bytes{0}), der(0x02, Bytes{2})})), "accepted");
  in_each(origin(0), "accepted");
  in_each(kAllApplications, "android-key: the key is for all applications");
  in_each(joined({kSign, kAllApplications}), "android-key: the key is for all applications");
  in_each(origin(2), "android-key: the key was not made on the device");
  in_each(purpose(der(0x02, Bytes{0})), "android-key: the key is not for signing");
  in_each(purpose({}), "android-key: the key is not for signing");
  in_each(Bytes{0xA1, 0x05}, "android-key: an authorization list is malformed");
  in_each(explicit_of(0x84, 0x57, der(0x05, {})), "accepted");  // some other member
}

TEST(AndroidKeyAttestation, ReadsPurposeAndOriginWhole) {
  const auto verdict_with = [](const Bytes& list) {
    AndroidStatement statement;
    statement.tee_enforced = list;
    return verdict_of(statement);
  };
  const std::string no_purpose = "android-key: the key is not for signing";
  const Bytes sign = der(0x02, Bytes{2});
  EXPECT_EQ(verdict_with(purpose(der(0x02, Bytes{2, 0}))), no_purpose);  // 512
  EXPECT_EQ(verdict_with(purpose(der(0x02, {}))), no_purpose);
  EXPECT_EQ(verdict_with(purpose(joined({sign, Bytes{0x02, 0x05}}))), no_purpose);
  EXPECT_EQ(verdict_with(der(0xA1, joined({der(0x31, sign), der(0x05, {})}))), no_purpose);
  EXPECT_EQ(verdict_with(der(0xA1, der(0x30, sign))), no_purpose);
  const std::string no_origin = "android-key: the key was not made on the device";
  EXPECT_EQ(verdict_with(explicit_of(0x85, 0x3E, der(0x02, Bytes{0, 0x80}))), no_origin);
  EXPECT_EQ(verdict_with(explicit_of(0x85, 0x3E, joined({der(0x02, Bytes{0}), der(0x05, {})}))),
            no_origin);
}

TEST(AndroidKeyAttestation, WantsAlgSigAndX5c) {
  EXPECT_EQ(statement_verdict("android-key", [](CborWriter& w, const Attested&) { w.map(0); }),
            "android-key: alg is missing or no integer");
  EXPECT_EQ(statement_verdict("android-key",
                              [](CborWriter& w, const Attested&) {
                                w.map(2).text("alg").integer(-7).text("sig").bytes(Bytes{1});
                              }),
            "android-key: x5c is missing or not an array");
}

}  // namespace
}  // namespace masterkey2::webauthn
