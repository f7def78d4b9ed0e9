// Each step of L3 §7.1 from 13 on, met and violated. Before: registration_response_test.cpp and
// registration_client_data_test.cpp; 1, 26 and 29: tests/fcgi/handlers/registration_test.cpp.
#include "webauthn/registration.hpp"

#include <gtest/gtest.h>

#include "good_ceremony.hpp"
#include "support/cbor_writer.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::uint8_t kUp = 0x01;
constexpr std::uint8_t kUv = 0x04;
constexpr std::uint8_t kBe = 0x08;
constexpr std::uint8_t kBs = 0x10;

std::string verdict_of(const GoodCeremony& ceremony) {
  return verdict(ceremony.verify_registration());
}

TEST(Registration, Step27TellsWhatWasLearnt) {
  GoodCeremony ceremony;
  ceremony.answer.sign_count = 0x01020304;
  ceremony.credential.aaguid.bytes.fill(0xA7);
  const auto result = ceremony.verify_registration();
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_EQ(result->credential_id, ceremony.credential.id);
  EXPECT_EQ(result->public_key, ceremony.credential.public_key);
  EXPECT_EQ(result->algorithm, kEs256);
  EXPECT_EQ(result->aaguid, ceremony.credential.aaguid);
  EXPECT_EQ(result->sign_count, 0x01020304U);
  EXPECT_EQ(result->flags, 0x5D);
  EXPECT_TRUE(result->user_verified);
  EXPECT_TRUE(result->backup_eligible);
  EXPECT_TRUE(result->backup_state);
  EXPECT_EQ(result->attestation_format, "none");
  EXPECT_EQ(result->attestation_type, "none");
  EXPECT_EQ(result->origin, "https://example.org");
}

TEST(Registration, Step13TakesExtensionDataAndReservedFlags) {
  GoodCeremony ceremony;
  ceremony.answer.flags |= 0x22;
  ceremony.answer.extensions = support::CborWriter().map(1).text("credProtect").integer(2).out();
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step13RefusesAnAttestationObjectThatIsNotWhole) {
  GoodCeremony ceremony;
  ceremony.answer.edit_attestation_object = [](Bytes& object) { object.push_back(0); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_attestation_object");
  ceremony.answer.edit_attestation_object = [](Bytes& object) { object.pop_back(); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_attestation_object");
  ceremony.answer.edit_attestation_object = [](Bytes& object) { object[0] = 0x80; };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_attestation_object");
}

TEST(Registration, Step13RefusesAuthenticatorDataThatIsNotWhole) {
  GoodCeremony ceremony;
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data.push_back(0); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data.pop_back(); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data.resize(36); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
}

TEST(Registration, Step13RefusesToDoWithoutAttestedCredentialData) {
  GoodCeremony ceremony;
  ceremony.answer.edit_authenticator_data = [](Bytes& data) {
    data.resize(37);
    data[32] &= 0xBF;
  };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data[32] &= 0xBF; };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
}

TEST(Registration, Step13RefusesAKeyThatIsNotSound) {
  GoodCeremony ceremony;
  ceremony.credential.public_key.back() ^= 1;  // off the curve
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_public_key");
}

TEST(Registration, Step14TakesTheHashOfTheRpId) {
  GoodCeremony ceremony;
  ceremony.rp_id = ceremony.answer.rp_id = "login.example.org";
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step14RefusesTheHashOfAnythingElse) {
  for (const std::string rp_id :
       {"", "org", "login.example.org", "https://example.org", "other.example"}) {
    GoodCeremony ceremony;
    ceremony.answer.rp_id = rp_id;
    EXPECT_EQ(verdict_of(ceremony), "R14 rp_id_mismatch") << rp_id;
  }
}

TEST(Registration, Step15TakesUserPresence) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step15RefusesToDoWithoutUserPresence) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUv;
  EXPECT_EQ(verdict_of(ceremony), "R15 user_presence_missing");
}

TEST(Registration, Step15DoesWithoutUserPresenceInAConditionalCreate) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUv;
  ceremony.conditional = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step16TakesUserVerificationAndItsLackWhereItIsNotRequired) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv;
  EXPECT_TRUE(ceremony.verify_registration()->user_verified);
  ceremony.answer.flags = kUp;
  for (const UserVerification less :
       {UserVerification::kPreferred, UserVerification::kDiscouraged}) {
    ceremony.policy.user_verification = less;
    const auto result = ceremony.verify_registration();
    ASSERT_EQ(verdict(result), "accepted");
    EXPECT_FALSE(result->user_verified);
  }
}

TEST(Registration, Step16RefusesToDoWithoutUserVerificationWhereItIsRequired) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp;
  EXPECT_EQ(verdict_of(ceremony), "R16 user_verification_missing");
}

TEST(Registration, Step17TakesWhatIsEligibleAndNotYetBackedUp) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBe;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step17RefusesABackupOfWhatIsNotEligible) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBs;
  EXPECT_EQ(verdict_of(ceremony), "R17 bad_backup_flags");
}

TEST(Registration, Step18TakesSyncedPasskeysUnlessPolicyForbidsThem) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBe;
  EXPECT_TRUE(ceremony.verify_registration()->backup_eligible);
  ceremony.policy.allow_synced = false;
  ceremony.answer.flags = kUp | kUv;
  const auto result = ceremony.verify_registration();
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_FALSE(result->backup_eligible);
}

TEST(Registration, Step18RefusesSyncedPasskeysWherePolicyForbidsThem) {
  GoodCeremony ceremony;
  ceremony.policy.allow_synced = false;
  ceremony.answer.flags = kUp | kUv | kBe;
  EXPECT_EQ(verdict_of(ceremony), "R18 backup_not_allowed");
}

TEST(Registration, Step19TellsTheBackupState) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBe;
  EXPECT_FALSE(ceremony.verify_registration()->backup_state);
  ceremony.answer.flags = kUp | kUv | kBe | kBs;
  EXPECT_TRUE(ceremony.verify_registration()->backup_state);
}

TEST(Registration, Step19RefusesBackedUpPasskeysWherePolicyForbidsThem) {
  GoodCeremony ceremony;
  ceremony.policy.allow_synced = false;
  ceremony.answer.flags = kUp | kUv | kBe | kBs;
  EXPECT_EQ(verdict_of(ceremony), "R18 backup_not_allowed");
}

TEST(Registration, Step20TakesAnAlgorithmThatWasOffered) {
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    GoodCeremony ceremony(algorithm);
    ceremony.policy.algorithms = {algorithm};
    EXPECT_EQ(verdict_of(ceremony), "accepted") << algorithm;
  }
}

TEST(Registration, Step20RefusesAnAlgorithmThatWasNotOffered) {
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    GoodCeremony ceremony(algorithm);
    ceremony.policy.algorithms = {algorithm == kEs256 ? kRs256 : kEs256, -35};
    EXPECT_EQ(verdict_of(ceremony), "R20 algorithm_not_allowed") << algorithm;
    ceremony.policy.algorithms.clear();
    EXPECT_EQ(verdict_of(ceremony), "R20 algorithm_not_allowed") << algorithm;
  }
}

TEST(Registration, Step20RefusesAlgorithmsThatAreUnknown) {
  GoodCeremony ceremony;
  ceremony.policy.algorithms = {-7, -48};
  ceremony.credential.public_key = support::CborWriter()
                                       .map(3)
                                       .integer(1)
                                       .integer(7)
                                       .integer(3)
                                       .integer(-48)
                                       .integer(-1)
                                       .bytes(Bytes(32))
                                       .out();
  EXPECT_EQ(verdict_of(ceremony), "R20 algorithm_not_allowed");
}

TEST(Registration, Step21TakesASupportedFormat) {
  for (const char* format : {"none", "packed"}) {
    GoodCeremony ceremony;
    ceremony.answer.format = format;
    EXPECT_EQ(ceremony.verify_registration()->attestation_format, format);
  }
}

TEST(Registration, Step21RefusesEveryOtherFormat) {
  for (const std::string format :
       {"", "None", "NONE", "none ", "Packed", "android-safetynet", "x"}) {
    GoodCeremony ceremony;
    ceremony.answer.format = format;
    EXPECT_EQ(verdict_of(ceremony), "R21 unknown_attestation_format") << format;
  }
  GoodCeremony ceremony;
  ceremony.answer.format = std::string("none\0x", 6);
  EXPECT_EQ(verdict_of(ceremony), "R21 unknown_attestation_format");
}

TEST(Registration, Step22TakesAndVerifiesSelfAttestationThoughNoneWasAskedFor) {
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    GoodCeremony ceremony(algorithm);
    ceremony.answer.format = "packed";
    const auto result = ceremony.verify_registration();
    ASSERT_EQ(verdict(result), "accepted") << algorithm;
    EXPECT_EQ(result->attestation_format, "packed");
    EXPECT_EQ(result->attestation_type, "self");
  }
}

TEST(Registration, Step22RefusesASignatureOverSomethingElse) {
  GoodCeremony ceremony;
  ceremony.answer.format = "packed";
  RegistrationResponse response = ceremony.registration_response();
  ceremony.answer.edit_client_data = [](Json& client_data) { client_data["x"] = 1; };
  response.client_data_json = ceremony.registration_response().client_data_json;
  EXPECT_EQ(verdict(ceremony.verify_registration(response)), "R22 bad_attestation");
}

TEST(Registration, Step24DemandsNoTrustWhateverWasAskedFor) {
  for (const AttestationConveyance asked :
       {AttestationConveyance::kNone, AttestationConveyance::kIndirect,
        AttestationConveyance::kDirect, AttestationConveyance::kEnterprise}) {
    GoodCeremony ceremony;
    ceremony.policy.attestation = asked;
    EXPECT_EQ(verdict_of(ceremony), "accepted");
  }
}

TEST(Registration, Step25TakesCredentialIdsOf1To1023Bytes) {
  for (const std::size_t size : {1U, 16U, 1023U}) {
    GoodCeremony ceremony;
    ceremony.credential.id.assign(size, 0x1D);
    const auto result = ceremony.verify_registration();
    ASSERT_EQ(verdict(result), "accepted") << size;
    EXPECT_EQ(result->credential_id.size(), size);
  }
}

TEST(Registration, Step25RefusesCredentialIdsOfOtherLengths) {
  for (const std::size_t size : {1024U, 32'768U}) {
    GoodCeremony ceremony;
    ceremony.credential.id.assign(size, 0x1D);
    EXPECT_EQ(verdict_of(ceremony), "R25 credential_id_length") << size;
  }
  GoodCeremony ceremony;
  RegistrationResponse response = ceremony.registration_response();
  ceremony.answer.edit_authenticator_data = [](Bytes& data) {
    data.erase(data.begin() + 55, data.begin() + 55 + 32);
    data[54] = 0;
  };
  response.attestation_object = ceremony.registration_response().attestation_object;
  EXPECT_EQ(verdict(ceremony.verify_registration(response)), "R25 credential_id_length");
}

TEST(Registration, Step3RefusesTheIdOfAnotherCredential) {
  const GoodCeremony ceremony;
  RegistrationResponse response = ceremony.registration_response();
  response.id.front() ^= 1;
  EXPECT_EQ(verdict(ceremony.verify_registration(response)), "R3 malformed_response");
}

TEST(Registration, Step27RefusesToBelieveTheConvenienceMembers) {
  const GoodCeremony ceremony;
  Json json = make_registration_response(ceremony.credential, ceremony.answer);
  json["response"]["publicKey"] = "AAAA";
  json["response"]["publicKeyAlgorithm"] = -257;
  json["response"]["authenticatorData"] = "AAAA";
  const auto result = ceremony.verify_registration(parse_registration_response(json).value());
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_EQ(result->public_key, ceremony.credential.public_key);
}

TEST(Registration, Step28ToleratesUnknownExtensionOutputs) {
  GoodCeremony ceremony;
  ceremony.answer.extensions = support::CborWriter()
                                   .map(2)
                                   .text("credProtect")
                                   .integer(2)
                                   .text("hmac-secret")
                                   .boolean(true)
                                   .out();
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step28RefusesExtensionOutputsThatAreNoMap) {
  GoodCeremony ceremony;
  ceremony.answer.extensions = support::CborWriter().array(0).out();
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
}

}  // namespace
}  // namespace masterkey2::webauthn
