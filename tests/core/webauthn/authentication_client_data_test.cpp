// Steps 8 to 14 of L3 §7.2, met and violated: what the browser says.
#include <gtest/gtest.h>

#include "good_ceremony.hpp"

namespace masterkey2::webauthn {
namespace {

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

TEST(Authentication, Step8StripsAByteOrderMarkAndReplacesIllFormedUtf8) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) {
    json = "\xEF\xBB\xBF{\"future\":\"\xFF\"," + json.substr(1);
  };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step8RefusesASecondByteOrderMark) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) {
    json.insert(0, "\xEF\xBB\xBF\xEF\xBB\xBF");
  };
  EXPECT_EQ(verdict_of(ceremony), "A9 malformed_client_data");
}

TEST(Authentication, Step9TakesMembersThatAreUnknownOrReserved) {
  EXPECT_EQ(verdict_with_client_data("future", Json::array()), "accepted");
  EXPECT_EQ(verdict_with_client_data("tokenBinding", "anything"), "accepted");
}

TEST(Authentication, Step9RefusesWhatIsNoJsonObject) {
  for (const std::string text : {"x", "[]", "null", "{\"type\":1,\"\\u0074ype\":2}"}) {
    GoodCeremony ceremony;
    ceremony.answer.edit_client_data_json = [&](std::string& json) { json = text; };
    EXPECT_EQ(verdict_of(ceremony), "A9 malformed_client_data") << text;
  }
  EXPECT_EQ(verdict_with_client_data("crossOrigin", "true"), "A9 malformed_client_data");
}

TEST(Authentication, Step10TakesTheTypeOfAnAuthentication) {
  EXPECT_EQ(verdict_with_client_data("type", "webauthn.get"), "accepted");
}

TEST(Authentication, Step10RefusesEveryOtherType) {
  for (const Json& value : {kMissing, Json(""), Json("webauthn.create"), Json("payment.get"),
                            Json("webauthn.GET"), Json(7), Json(nullptr)}) {
    EXPECT_EQ(verdict_with_client_data("type", value), "A10 wrong_type");
  }
}

TEST(Authentication, Step11TakesTheChallengeThatWasSent) {
  GoodCeremony ceremony;
  ceremony.challenge = ceremony.answer.challenge = Bytes(16, 0xC5);
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step11RefusesEveryOtherChallenge) {
  for (std::size_t bit = 0; bit < 256; ++bit) {
    GoodCeremony ceremony;
    ceremony.challenge[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_EQ(verdict_of(ceremony), "A11 challenge_mismatch") << bit;
  }
  for (const Json& value : {kMissing, Json(""), Json(7), Json("xcXFxcXF")}) {
    EXPECT_EQ(verdict_with_client_data("challenge", value), "A11 challenge_mismatch");
  }
}

TEST(Authentication, Step12TakesAListedOrigin) {
  EXPECT_EQ(verdict_with_client_data("origin", "https://login.example.org:8443"), "accepted");
}

TEST(Authentication, Step12RefusesAnOriginThatIsNotListed) {
  for (const Json& value :
       {kMissing, Json(7), Json(""), Json("null"), Json("http://example.org"),
        Json("https://example.org/"), Json("https://example.org."), Json("https://Example.org"),
        Json("https://sub.example.org"), Json("https://example.org:443")}) {
    EXPECT_EQ(verdict_with_client_data("origin", value), "A12 origin_mismatch") << value;
  }
}

TEST(Authentication, Step13TakesFramingWhereItIsExpected) {
  GoodCeremony ceremony;
  ceremony.answer.cross_origin = true;
  ceremony.policy.allow_cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step13RefusesFramingElsewhere) {
  GoodCeremony ceremony;
  ceremony.answer.cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "A13 cross_origin_not_allowed");
}

TEST(Authentication, Step14TakesListedParents) {
  GoodCeremony ceremony;
  ceremony.answer.top_origin = "https://parent.example";
  ceremony.answer.cross_origin = true;
  ceremony.policy.allow_cross_origin = true;
  ceremony.policy.top_origins = {"https://parent.example"};
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Authentication, Step14RefusesParentsThatAreNotListedOrNotExpected) {
  GoodCeremony ceremony;
  ceremony.answer.top_origin = "https://parent.example";
  EXPECT_EQ(verdict_of(ceremony), "A14 top_origin_mismatch");
  ceremony.answer.cross_origin = true;
  ceremony.policy.allow_cross_origin = true;
  ceremony.policy.top_origins = {"https://parent.example:8443"};
  EXPECT_EQ(verdict_of(ceremony), "A14 top_origin_mismatch");
}

}  // namespace
}  // namespace masterkey2::webauthn
