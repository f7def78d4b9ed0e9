// Each step of L3 §7.2, met and violated.
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

const Json kMissing(Json::value_t::discarded);

/// With one member of the client data set (or taken away, by a discarded value).
std::string verdict_with_client_data(const char* member, const Json& value) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data = [&](Json& client_data) {
    if (value.is_discarded()) {
      client_data.erase(member);
    } else {
      client_data[member] = value;
    }
  };
  return verdict_of(ceremony);
}

TEST(Authentication, GoodOneIsAcceptedAndTellsWhatWasLearnt) {
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

TEST(Authentication, Step5WantsAListedCredential) {
  GoodCeremony ceremony;
  ceremony.allow_credentials = {Bytes(32, 1), ceremony.credential.id};
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.allow_credentials = {Bytes(32, 1)};
  EXPECT_EQ(verdict_of(ceremony), "A5 credential_not_allowed");
  ceremony.allow_credentials = {Bytes()};
  EXPECT_EQ(verdict_of(ceremony), "A5 credential_not_allowed");
}

TEST(Authentication, Step6WantsTheOwnersUserHandle) {
  GoodCeremony ceremony;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.credential.user_handle.back() ^= 1;
  EXPECT_EQ(verdict_of(ceremony), "A6 user_handle_mismatch");
  ceremony.user_named = true;
  EXPECT_EQ(verdict_of(ceremony), "A6 user_handle_mismatch");
}

TEST(Authentication, Step6WantsAUserHandleUnlessTheUserWasNamed) {
  GoodCeremony ceremony;
  ceremony.answer.with_user_handle = false;
  EXPECT_EQ(verdict_of(ceremony), "A6 user_handle_mismatch");
  ceremony.user_named = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step6WithoutAKnownOwnerPassesNamedUsersOnly) {
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

TEST(Authentication, Step7WantsWholeAuthenticatorData) {
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

TEST(Authentication, Step8StripsAByteOrderMarkAndReplacesIllFormedUtf8) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) {
    json = "\xEF\xBB\xBF{\"future\":\"\xFF\"," + json.substr(1);
  };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step9WantsAJsonObject) {
  for (const std::string text : {"x", "[]", "null", "{\"type\":1,\"\\u0074ype\":2}"}) {
    GoodCeremony ceremony;
    ceremony.answer.edit_client_data_json = [&](std::string& json) { json = text; };
    EXPECT_EQ(verdict_of(ceremony), "A9 malformed_client_data") << text;
  }
  EXPECT_EQ(verdict_with_client_data("crossOrigin", "true"), "A9 malformed_client_data");
  EXPECT_EQ(verdict_with_client_data("tokenBinding", "anything"), "accepted");
}

TEST(Authentication, Step10WantsTheTypeOfAnAuthentication) {
  EXPECT_EQ(verdict_with_client_data("type", "webauthn.get"), "accepted");
  for (const Json& value : {kMissing, Json(""), Json("webauthn.create"), Json("payment.get"),
                            Json("webauthn.GET"), Json(7), Json(nullptr)}) {
    EXPECT_EQ(verdict_with_client_data("type", value), "A10 wrong_type");
  }
}

TEST(Authentication, Step11WantsTheChallengeThatWasSent) {
  for (std::size_t bit = 0; bit < 256; ++bit) {
    GoodCeremony ceremony;
    ceremony.challenge[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_EQ(verdict_of(ceremony), "A11 challenge_mismatch") << bit;
  }
  for (const Json& value : {kMissing, Json(""), Json(7), Json("xcXFxcXF")}) {
    EXPECT_EQ(verdict_with_client_data("challenge", value), "A11 challenge_mismatch");
  }
}

TEST(Authentication, Step12WantsAListedOrigin) {
  EXPECT_EQ(verdict_with_client_data("origin", "https://login.example.org:8443"), "accepted");
  for (const Json& value :
       {kMissing, Json(7), Json(""), Json("null"), Json("http://example.org"),
        Json("https://example.org/"), Json("https://example.org."), Json("https://Example.org"),
        Json("https://sub.example.org"), Json("https://example.org:443")}) {
    EXPECT_EQ(verdict_with_client_data("origin", value), "A12 origin_mismatch") << value;
  }
}

TEST(Authentication, Step13AllowsFramingOnlyWhereItIsExpected) {
  GoodCeremony ceremony;
  ceremony.answer.cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "A13 cross_origin_not_allowed");
  ceremony.policy.allow_cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step14AllowsListedParentsOnly) {
  GoodCeremony ceremony;
  ceremony.answer.top_origin = "https://parent.example";
  EXPECT_EQ(verdict_of(ceremony), "A14 top_origin_mismatch");
  ceremony.answer.cross_origin = true;
  ceremony.policy.allow_cross_origin = true;
  ceremony.policy.top_origins = {"https://parent.example"};
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.policy.top_origins = {"https://parent.example:8443"};
  EXPECT_EQ(verdict_of(ceremony), "A14 top_origin_mismatch");
}

TEST(Authentication, Step15WantsTheHashOfTheRpId) {
  for (const std::string rp_id : {"", "org", "login.example.org", "https://example.org"}) {
    GoodCeremony ceremony;
    ceremony.answer.rp_id = rp_id;
    EXPECT_EQ(verdict_of(ceremony), "A15 rp_id_mismatch") << rp_id;
  }
}

TEST(Authentication, Step16WantsUserPresence) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUv | kBe;
  EXPECT_EQ(verdict_of(ceremony), "A16 user_presence_missing");
  ceremony.conditional = true;  // that is for registrations
  EXPECT_EQ(verdict_of(ceremony), "A16 user_presence_missing");
}

TEST(Authentication, Step17WantsUserVerificationWhereItIsRequired) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kBe;
  EXPECT_EQ(verdict_of(ceremony), "A17 user_verification_missing");
  for (const UserVerification less :
       {UserVerification::kPreferred, UserVerification::kDiscouraged}) {
    ceremony.policy.user_verification = less;
    const auto result = ceremony.verify_authentication();
    ASSERT_EQ(verdict(result), "accepted");
    EXPECT_FALSE(result->user_verified);
  }
}

TEST(Authentication, Step18WantsBackedUpCredentialsToBeEligible) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBs;
  EXPECT_EQ(verdict_of(ceremony), "A18 bad_backup_flags");
}

TEST(Authentication, Step19WantsTheBackupEligibilityOfTheRegistration) {
  GoodCeremony ceremony;
  ceremony.stored_backup_eligible = false;
  EXPECT_EQ(verdict_of(ceremony), "A19 backup_eligibility_changed");
  ceremony.stored_backup_eligible = std::nullopt;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.stored_backup_eligible = true;
  ceremony.answer.flags = kUp | kUv;
  EXPECT_EQ(verdict_of(ceremony), "A19 backup_eligibility_changed");
  ceremony.stored_backup_eligible = false;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
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
  AuthenticationResponse response = ceremony.authentication_response();
  EXPECT_EQ(verdict(ceremony.verify_authentication(response)), "accepted");
  response.client_data_json.pop_back();
  EXPECT_EQ(verdict(ceremony.verify_authentication(response)), "A21 bad_signature");
}

TEST(Authentication, Step21WantsTheSignatureOfTheStoredKey) {
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

TEST(Authentication, Step22AcceptsACounterThatGrowsOrIsNotKept) {
  GoodCeremony ceremony;
  ceremony.policy.counter = CounterPolicy::kRefuse;
  EXPECT_EQ(verdict_of(ceremony), "accepted");  // 0 after 0
  ceremony.answer.sign_count = 1;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.stored_sign_count = 0xFFFF'FFFE;
  ceremony.answer.sign_count = 0xFFFF'FFFF;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step22TreatsACounterThatDoesNotGrowAsPolicySays) {
  struct Case {
    std::uint32_t stored;
    std::uint32_t received;
  };
  for (const Case& c : {Case{5, 5}, Case{5, 4}, Case{5, 0}, Case{0xFFFF'FFFF, 0}}) {
    GoodCeremony ceremony;
    ceremony.stored_sign_count = c.stored;
    ceremony.answer.sign_count = c.received;
    ceremony.policy.counter = CounterPolicy::kRefuse;
    EXPECT_EQ(verdict_of(ceremony), "A22 counter_regression");
    ceremony.policy.counter = CounterPolicy::kFlag;
    EXPECT_TRUE(ceremony.verify_authentication()->counter_regressed);
    ceremony.policy.counter = CounterPolicy::kIgnore;
    EXPECT_FALSE(ceremony.verify_authentication()->counter_regressed);
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
  ceremony.answer.extensions = support::CborWriter().text("x").out();
  EXPECT_EQ(verdict_of(ceremony), "A7 malformed_authenticator_data");
}

TEST(Authentication, AnAlgorithmNoLongerOfferedStillSignsIn) {
  GoodCeremony ceremony(kRs256);
  ceremony.policy.algorithms = {kEs256};
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(UnknownCredential, PassesWhatHasNoOtherFault) {
  const GoodCeremony ceremony;
  EXPECT_EQ(verdict(ceremony.verify_unknown()), "accepted");
}

TEST(UnknownCredential, IsRefusedAsAKnownOneWouldBe) {
  const auto compare = [](const auto& change, std::string_view expected) {
    GoodCeremony ceremony;
    change(ceremony);
    EXPECT_EQ(verdict(ceremony.verify_unknown()), expected);
    EXPECT_EQ(verdict_of(ceremony), expected);
  };
  compare([](GoodCeremony& c) { c.allow_credentials = {Bytes(32, 1)}; },
          "A5 credential_not_allowed");
  compare(
      [](GoodCeremony& c) { c.answer.edit_authenticator_data = [](Bytes& d) { d.pop_back(); }; },
      "A7 malformed_authenticator_data");
  compare(
      [](GoodCeremony& c) { c.answer.edit_client_data_json = [](std::string& j) { j = "[]"; }; },
      "A9 malformed_client_data");
  compare([](GoodCeremony& c) { c.answer.edit_client_data = [](Json& j) { j["type"] = ""; }; },
          "A10 wrong_type");
  compare([](GoodCeremony& c) { c.challenge.back() ^= 1; }, "A11 challenge_mismatch");
  compare([](GoodCeremony& c) { c.answer.origin = "https://evil.example"; }, "A12 origin_mismatch");
  compare([](GoodCeremony& c) { c.answer.cross_origin = true; }, "A13 cross_origin_not_allowed");
  compare([](GoodCeremony& c) { c.answer.top_origin = "https://x.example"; },
          "A14 top_origin_mismatch");
  compare([](GoodCeremony& c) { c.answer.rp_id = "x.example"; }, "A15 rp_id_mismatch");
  compare([](GoodCeremony& c) { c.answer.flags = kUv; }, "A16 user_presence_missing");
  compare([](GoodCeremony& c) { c.answer.flags = kUp; }, "A17 user_verification_missing");
  compare([](GoodCeremony& c) { c.answer.flags = kUp | kUv | kBs; }, "A18 bad_backup_flags");
}

}  // namespace
}  // namespace masterkey2::webauthn
