// Each step of L3 §7.2 from 5 on, met and violated. Before: authentication_response_test.cpp; 1, 24
// and 25: tests/fcgi/handlers/authentication_test.cpp.
#include "webauthn/authentication.hpp"

#include <gtest/gtest.h>

#include "good_ceremony.hpp"
#include "support/cbor_writer.hpp"
#include "webauthn/cose_key.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::uint8_t kUp = 0x01;
constexpr std::uint8_t kUv = 0x04;
constexpr std::uint8_t kBe = 0x08;
constexpr std::uint8_t kBs = 0x10;

std::string verdict_of(const GoodCeremony& ceremony) {
  return verdict(ceremony.verify_authentication());
}

TEST(Authentication, Step21TakesTheSignatureAndTellsWhatWasLearnt) {
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    GoodCeremony ceremony(algorithm);
    ceremony.answer.sign_count = 7;
    const auto result = ceremony.verify_authentication();
    ASSERT_EQ(verdict(result), "accepted");
    EXPECT_EQ(result->flags, 0x1D);
    EXPECT_TRUE(result->user_verified);
    EXPECT_TRUE(result->backup_eligible);
    EXPECT_TRUE(result->backup_state);
    EXPECT_EQ(result->sign_count, 7U);
    EXPECT_FALSE(result->counter_regressed);
    EXPECT_EQ(result->origin, "https://example.org");
  }
}

TEST(Authentication, Step5TakesAListedCredentialAndWithoutAListAny) {
  GoodCeremony ceremony;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.allow_credentials = {Bytes(32, 1), ceremony.credential.id};
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step5RefusesACredentialThatIsNotListed) {
  GoodCeremony ceremony;
  ceremony.allow_credentials = {Bytes(32, 1)};
  EXPECT_EQ(verdict_of(ceremony), "A5 credential_not_allowed");
  ceremony.allow_credentials = {Bytes()};
  EXPECT_EQ(verdict_of(ceremony), "A5 credential_not_allowed");
}

TEST(Authentication, Step6TakesTheOwnersUserHandle) {
  GoodCeremony ceremony;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.user_named = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step6RefusesAnothersUserHandle) {
  GoodCeremony ceremony;
  ceremony.credential.user_handle.back() ^= 1;
  EXPECT_EQ(verdict_of(ceremony), "A6 user_handle_mismatch");
  ceremony.user_named = true;
  EXPECT_EQ(verdict_of(ceremony), "A6 user_handle_mismatch");
}

TEST(Authentication, Step6RefusesToDoWithoutAUserHandleUnlessTheUserWasNamed) {
  GoodCeremony ceremony;
  ceremony.answer.with_user_handle = false;
  EXPECT_EQ(verdict_of(ceremony), "A6 user_handle_mismatch");
  ceremony.user_named = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step6TakesNamedUsersWithoutAKnownOwner) {
  GoodCeremony ceremony;
  ceremony.user_handle.clear();
  EXPECT_EQ(verdict_of(ceremony), "A6 user_handle_mismatch");
  ceremony.user_named = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

/// Two empty handles are no match.
TEST(Authentication, Step6RefusesAnEmptyUserHandle) {
  GoodCeremony ceremony;
  AuthenticationResponse response = ceremony.authentication_response();
  response.user_handle = Bytes();
  EXPECT_EQ(verdict(ceremony.verify_authentication(response)), "A6 user_handle_mismatch");
  ceremony.user_handle.clear();
  EXPECT_EQ(verdict(ceremony.verify_authentication(response)), "A6 user_handle_mismatch");
}

TEST(Authentication, Step7TakesAuthenticatorDataWithExtensions) {
  GoodCeremony ceremony;
  ceremony.answer.extensions = support::CborWriter().map(1).text("x").integer(7).out();
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step7RefusesAuthenticatorDataThatIsNotWhole) {
  GoodCeremony ceremony;
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data.push_back(0); };
  EXPECT_EQ(verdict_of(ceremony), "A7 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data.pop_back(); };
  EXPECT_EQ(verdict_of(ceremony), "A7 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data[32] |= 0x40; };
  EXPECT_EQ(verdict_of(ceremony), "A7 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data[32] |= 0x80; };
  EXPECT_EQ(verdict_of(ceremony), "A7 malformed_authenticator_data");
}

TEST(Authentication, Step15TakesTheHashOfTheRpId) {
  GoodCeremony ceremony;
  ceremony.rp_id = ceremony.answer.rp_id = "login.example.org";
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step15RefusesTheHashOfAnythingElse) {
  for (const std::string rp_id : {"", "org", "login.example.org", "https://example.org"}) {
    GoodCeremony ceremony;
    ceremony.answer.rp_id = rp_id;
    EXPECT_EQ(verdict_of(ceremony), "A15 rp_id_mismatch") << rp_id;
  }
}

TEST(Authentication, Step16TakesUserPresence) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBe;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step16RefusesToDoWithoutUserPresence) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUv | kBe;
  EXPECT_EQ(verdict_of(ceremony), "A16 user_presence_missing");
  ceremony.conditional = true;  // that is for registrations
  EXPECT_EQ(verdict_of(ceremony), "A16 user_presence_missing");
}

TEST(Authentication, Step17TakesTheLackOfUserVerificationWhereItIsNotRequired) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kBe;
  for (const UserVerification less :
       {UserVerification::kPreferred, UserVerification::kDiscouraged}) {
    ceremony.policy.user_verification = less;
    const auto result = ceremony.verify_authentication();
    ASSERT_EQ(verdict(result), "accepted");
    EXPECT_FALSE(result->user_verified);
  }
}

TEST(Authentication, Step17RefusesToDoWithoutUserVerificationWhereItIsRequired) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kBe;
  EXPECT_EQ(verdict_of(ceremony), "A17 user_verification_missing");
}

TEST(Authentication, Step18TakesWhatIsEligibleAndNotBackedUp) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBe;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step18RefusesABackupOfWhatIsNotEligible) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBs;
  EXPECT_EQ(verdict_of(ceremony), "A18 bad_backup_flags");
}

TEST(Authentication, Step19TakesTheBackupEligibilityOfTheRegistration) {
  GoodCeremony ceremony;
  ceremony.stored_backup_eligible = std::nullopt;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.stored_backup_eligible = false;
  ceremony.answer.flags = kUp | kUv;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step19RefusesABackupEligibilityThatHasChanged) {
  GoodCeremony ceremony;
  ceremony.stored_backup_eligible = false;
  EXPECT_EQ(verdict_of(ceremony), "A19 backup_eligibility_changed");
  ceremony.stored_backup_eligible = true;
  ceremony.answer.flags = kUp | kUv;
  EXPECT_EQ(verdict_of(ceremony), "A19 backup_eligibility_changed");
}

TEST(Authentication, Step19LetsTheBackupStateChange) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBe;
  const auto result = ceremony.verify_authentication();
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_FALSE(result->backup_state);
}

TEST(Authentication, Step20HashesTheBytesAsReceived) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) { json += "\n"; };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step20RefusesAHashOfOtherBytesThatMeanTheSame) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) { json += "\n"; };
  AuthenticationResponse response = ceremony.authentication_response();
  response.client_data_json.pop_back();
  EXPECT_EQ(verdict(ceremony.verify_authentication(response)), "A21 bad_signature");
}

TEST(Authentication, Step21RefusesTheSignatureOfAnotherKey) {
  GoodCeremony ceremony;
  ceremony.public_key = support::VirtualCredential::create(kEs256, Bytes(32, 1)).public_key;
  EXPECT_EQ(verdict_of(ceremony), "A21 bad_signature");
}

TEST(Authentication, Step21TakesAKeyThatWasParsedBefore) {
  const GoodCeremony ceremony;
  const auto own = parse_cose_key(ceremony.public_key);
  const auto foreign =
      parse_cose_key(support::VirtualCredential::create(kEs256, Bytes(32, 1)).public_key);
  const auto verdict_with = [&](const CoseKey& key) {
    const StoredCredential record = {.public_key = ceremony.public_key,
                                     .backup_eligible = true,
                                     .user_handle = ceremony.user_handle,
                                     .parsed_key = &key};
    return verdict(webauthn::verify_authentication(ceremony.authentication_response(),
                                                   {.challenge = ceremony.challenge,
                                                    .rp_id = ceremony.rp_id,
                                                    .origins = ceremony.origins,
                                                    .policy = ceremony.policy,
                                                    .allow_credentials = {},
                                                    .user_named = false,
                                                    .credential = record}));
  };
  EXPECT_EQ(verdict_with(*own), "accepted");
  EXPECT_EQ(verdict_with(*foreign), "A21 bad_signature");
}

TEST(Authentication, Step21RefusesGarbageForASignature) {
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    const GoodCeremony ceremony(algorithm);
    AuthenticationResponse response = ceremony.authentication_response();
    for (const Bytes& signature : {Bytes(), Bytes(1), Bytes(64), Bytes(64, 0xFF), Bytes(256),
                                   Bytes(256, 0xFF), Bytes(70'000, 0x30)}) {
      response.signature = signature;
      EXPECT_EQ(verdict(ceremony.verify_authentication(response)), "A21 bad_signature");
    }
  }
}

TEST(Authentication, Step21RefusesAStoredKeyThatIsBroken) {
  GoodCeremony ceremony;
  ceremony.public_key.pop_back();
  EXPECT_EQ(verdict_of(ceremony), "A21 malformed_public_key");
  ceremony.public_key.clear();
  EXPECT_EQ(verdict_of(ceremony), "A21 malformed_public_key");
}

TEST(Authentication, Step22TakesACounterThatGrowsOrIsNotKept) {
  GoodCeremony ceremony;
  ceremony.policy.counter = CounterPolicy::kRefuse;
  EXPECT_EQ(verdict_of(ceremony), "accepted");  // 0 after 0
  ceremony.answer.sign_count = 1;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.stored_sign_count = 0xFFFF'FFFE;
  ceremony.answer.sign_count = 0xFFFF'FFFF;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

struct Counts {
  std::uint32_t stored;
  std::uint32_t received;
};
constexpr Counts kRegressions[] = {{5, 5}, {5, 4}, {5, 0}, {0xFFFF'FFFF, 0}};

GoodCeremony with_counts(const Counts& counts, CounterPolicy policy) {
  GoodCeremony ceremony;
  ceremony.stored_sign_count = counts.stored;
  ceremony.answer.sign_count = counts.received;
  ceremony.policy.counter = policy;
  return ceremony;
}

TEST(Authentication, Step22FlagsOrIgnoresACounterThatDoesNotGrowWherePolicySaysSo) {
  for (const Counts& counts : kRegressions) {
    const auto flagged = with_counts(counts, CounterPolicy::kFlag).verify_authentication();
    ASSERT_EQ(verdict(flagged), "accepted");
    EXPECT_TRUE(flagged->counter_regressed);
    const auto ignored = with_counts(counts, CounterPolicy::kIgnore).verify_authentication();
    ASSERT_EQ(verdict(ignored), "accepted");
    EXPECT_FALSE(ignored->counter_regressed);
  }
}

TEST(Authentication, Step22RefusesACounterThatDoesNotGrowWherePolicySaysSo) {
  for (const Counts& counts : kRegressions) {
    EXPECT_EQ(verdict_of(with_counts(counts, CounterPolicy::kRefuse)), "A22 counter_regression");
  }
}

TEST(Authentication, Step22ComesAfterTheSignature) {
  GoodCeremony ceremony;
  ceremony.stored_sign_count = 5;
  ceremony.policy.counter = CounterPolicy::kRefuse;
  AuthenticationResponse response = ceremony.authentication_response();
  response.signature.back() ^= 1;
  EXPECT_EQ(verdict(ceremony.verify_authentication(response)), "A21 bad_signature");
}

TEST(Authentication, Step23ToleratesUnknownExtensionOutputs) {
  GoodCeremony ceremony;
  ceremony.answer.extensions = support::CborWriter().map(1).text("x").array(1).integer(7).out();
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step23RefusesExtensionOutputsThatAreNoMap) {
  GoodCeremony ceremony;
  ceremony.answer.extensions = support::CborWriter().text("x").out();
  EXPECT_EQ(verdict_of(ceremony), "A7 malformed_authenticator_data");
}

TEST(Authentication, AnAlgorithmNoLongerOfferedStillSignsIn) {
  GoodCeremony ceremony(kRs256);
  ceremony.policy.algorithms = {kEs256};
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

}  // namespace
}  // namespace masterkey2::webauthn
