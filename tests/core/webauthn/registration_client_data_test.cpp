// Steps 5 to 12 of L3 §7.1, met and violated: what the browser says.
#include <gtest/gtest.h>

#include "good_ceremony.hpp"

namespace masterkey2::webauthn {
namespace {

std::string verdict_of(const GoodCeremony& ceremony) {
  return verdict(ceremony.verify_registration());
}

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

const Json kMissing(Json::value_t::discarded);

TEST(Registration, Step5StripsAByteOrderMark) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) { json.insert(0, "\xEF\xBB\xBF"); };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step5RefusesASecondByteOrderMark) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) {
    json.insert(0, "\xEF\xBB\xBF\xEF\xBB\xBF");
  };
  EXPECT_EQ(verdict_of(ceremony), "R6 malformed_client_data");
}

TEST(Registration, Step5ReplacesIllFormedUtf8) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) {
    json.insert(1, "\"future\":\"\xFF\xC0\",");
  };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step5RefusesIllFormedUtf8WhereTheTextMatters) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) {
    json.insert(json.find("https://example") + 8, "\xFF");
  };
  EXPECT_EQ(verdict_of(ceremony), "R9 origin_mismatch");
}

TEST(Registration, Step6TakesUnknownMembersAnyOrderAndSpace) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data = [](Json& client_data) {
    client_data["extraData"] = "clientDataJSON may be extended";
    client_data["tokenBinding"] = {{"status", "not-supported"}};
  };
  ceremony.answer.edit_client_data_json = [](std::string& json) {
    json = "\n{ \"a\" : [] ,\t" + json.substr(1) + "  ";
  };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step6RefusesWhatIsNoJsonObject) {
  for (const std::string text : {"x", "[]", "null", "\"a\"", "{", "{\"a\":1,\"a\":2}"}) {
    GoodCeremony ceremony;
    ceremony.answer.edit_client_data_json = [&](std::string& json) { json = text; };
    EXPECT_EQ(verdict_of(ceremony), "R6 malformed_client_data") << text;
  }
  for (const std::string& behind : {std::string("x"), std::string(1, '\0'), std::string("{}")}) {
    GoodCeremony ceremony;
    ceremony.answer.edit_client_data_json = [&](std::string& json) { json += behind; };
    EXPECT_EQ(verdict_of(ceremony), "R6 malformed_client_data");
  }
}

TEST(Registration, Step7TakesTheTypeOfARegistration) {
  EXPECT_EQ(verdict_with_client_data("type", "webauthn.create"), "accepted");
}

TEST(Registration, Step7RefusesEveryOtherType) {
  for (const Json& value :
       {kMissing, Json(""), Json("webauthn.get"), Json("Webauthn.create"), Json("webauthn.create "),
        Json(7), Json(nullptr), Json("payment.get")}) {
    EXPECT_EQ(verdict_with_client_data("type", value), "R7 wrong_type");
  }
}

/// As the client writes it.
std::string good_challenge() {
  GoodCeremony ceremony;
  std::string challenge;
  ceremony.answer.edit_client_data = [&](Json& data) { challenge = data["challenge"]; };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  return challenge;
}

TEST(Registration, Step8TakesTheChallengeThatWasSent) {
  EXPECT_EQ(verdict_with_client_data("challenge", good_challenge()), "accepted");
}

TEST(Registration, Step8RefusesEveryOtherChallenge) {
  const std::string good = good_challenge();
  for (const Json& value :
       {kMissing, Json(""), Json(7), Json(nullptr), Json(good.substr(1)), Json(good + "A"),
        Json(good + "="), Json(good + " "), Json("A" + good.substr(1)), Json("eGVGeA")}) {
    EXPECT_EQ(verdict_with_client_data("challenge", value), "R8 challenge_mismatch");
  }
}

TEST(Registration, Step8RefusesAChallengeWithAnyBitChanged) {
  for (std::size_t bit = 0; bit < 256; ++bit) {
    GoodCeremony ceremony;
    ceremony.answer.challenge[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_EQ(verdict_of(ceremony), "R8 challenge_mismatch") << bit;
  }
}

TEST(Registration, Step8RefusesAShortChallengeThoughItMatches) {
  for (const std::size_t size : {0U, 1U, 15U}) {
    GoodCeremony ceremony;
    ceremony.challenge.resize(size);
    ceremony.answer.challenge.resize(size);
    EXPECT_EQ(verdict_of(ceremony), "R8 challenge_mismatch") << size;
  }
  GoodCeremony ceremony;
  ceremony.challenge.resize(16);
  ceremony.answer.challenge.resize(16);
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step9TakesAListedOrigin) {
  EXPECT_EQ(verdict_with_client_data("origin", "https://example.org"), "accepted");
  EXPECT_EQ(verdict_with_client_data("origin", "https://login.example.org:8443"), "accepted");
}

TEST(Registration, Step9RefusesAnOriginThatIsNotListed) {
  for (const Json& value :
       {kMissing, Json(7), Json(nullptr), Json(""), Json("null"), Json("http://example.org"),
        Json("https://example.org:443"), Json("https://example.org:8443"),
        Json("https://login.example.org"), Json("https://www.example.org"), Json("https://org"),
        Json("https://example.org/"), Json("https://example.org."), Json("https://EXAMPLE.org"),
        Json("https://example.org@evil.example"), Json("https://example.org.evil.example"),
        Json("https://evil.example/https://example.org"), Json("https://exаmple.org"),
        Json("android:apk-key-hash:AAAA")}) {
    EXPECT_EQ(verdict_with_client_data("origin", value), "R9 origin_mismatch") << value;
  }
}

TEST(Registration, Step9ComparesAndroidAppsAsListed) {
  GoodCeremony ceremony;
  ceremony.origins = {"android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"};
  ceremony.answer.origin = ceremony.origins.front();
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.answer.origin = "android:apk-key-hash:PNIP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck";
  EXPECT_EQ(verdict_of(ceremony), "R9 origin_mismatch");
}

TEST(Registration, Step9RefusesEveryOriginWhereNoneIsListed) {
  GoodCeremony ceremony;
  ceremony.origins.clear();
  EXPECT_EQ(verdict_of(ceremony), "R9 origin_mismatch");
}

TEST(Registration, Step10TakesFramingWhereItIsExpected) {
  GoodCeremony ceremony;
  ceremony.answer.cross_origin = true;
  ceremony.policy.allow_cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.answer.cross_origin = std::nullopt;  // older browsers leave it out
  ceremony.policy.allow_cross_origin = false;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step10RefusesFramingElsewhere) {
  GoodCeremony ceremony;
  ceremony.answer.cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "R10 cross_origin_not_allowed");
}

TEST(Registration, Step10RefusesWhatIsNoBoolean) {
  for (const Json& value : {Json("false"), Json(0), Json(nullptr), Json::array()}) {
    EXPECT_EQ(verdict_with_client_data("crossOrigin", value), "R6 malformed_client_data");
  }
}

GoodCeremony framed_by_parent() {
  GoodCeremony ceremony;
  ceremony.answer.top_origin = "https://parent.example";
  ceremony.answer.cross_origin = true;
  ceremony.policy.allow_cross_origin = true;
  return ceremony;
}

TEST(Registration, Step11TakesListedParentsAndWithoutAListAny) {
  GoodCeremony ceremony = framed_by_parent();
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.policy.top_origins = {"https://other.example", "https://parent.example"};
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step11RefusesParentsThatAreNotListedOrNotExpected) {
  GoodCeremony ceremony = framed_by_parent();
  ceremony.policy.top_origins = {"https://other.example"};
  EXPECT_EQ(verdict_of(ceremony), "R11 top_origin_mismatch");
  ceremony.policy.top_origins = {"https://parent.example"};
  ceremony.policy.allow_cross_origin = false;
  ceremony.answer.cross_origin = false;
  EXPECT_EQ(verdict_of(ceremony), "R11 top_origin_mismatch");
  ceremony.policy.top_origins.clear();
  EXPECT_EQ(verdict_of(ceremony), "R11 top_origin_mismatch");
}

TEST(Registration, Step11RefusesWhatIsNoText) {
  EXPECT_EQ(verdict_with_client_data("topOrigin", 7), "R6 malformed_client_data");
  EXPECT_EQ(verdict_with_client_data("topOrigin", nullptr), "R6 malformed_client_data");
}

TEST(Registration, Step12HashesTheBytesAsReceived) {
  GoodCeremony ceremony;
  ceremony.answer.format = "packed";
  ceremony.answer.edit_client_data_json = [](std::string& json) { json += " \n"; };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step12RefusesAHashOfOtherBytesThatMeanTheSame) {
  GoodCeremony ceremony;
  ceremony.answer.format = "packed";
  ceremony.answer.edit_client_data_json = [](std::string& json) { json += " \n"; };
  RegistrationResponse response = ceremony.registration_response();
  response.client_data_json.pop_back();
  EXPECT_EQ(verdict(ceremony.verify_registration(response)), "R22 bad_attestation");
}

}  // namespace
}  // namespace masterkey2::webauthn
