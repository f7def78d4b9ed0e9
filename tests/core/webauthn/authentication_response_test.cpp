#include <gtest/gtest.h>

#include "encoding/base64url.hpp"
#include "good_ceremony.hpp"

namespace masterkey2::webauthn {
namespace {

Json good_json() {
  const GoodCeremony ceremony;
  return make_authentication_response(ceremony.credential, ceremony.answer);
}

std::string verdict_with(const std::function<void(Json&)>& change) {
  Json json = good_json();
  change(json);
  return verdict(parse_authentication_response(json));
}

constexpr std::string_view kRefused = "A3 malformed_response";

TEST(AuthenticationResponse, Step3TakesAnAssertion) {
  const GoodCeremony ceremony;
  const auto response = parse_authentication_response(good_json());
  ASSERT_TRUE(response);
  EXPECT_EQ(response->id, ceremony.credential.id);
  EXPECT_EQ(response->authenticator_data.size(), 37U);
  EXPECT_EQ(response->signature.front(), 0x30);
  EXPECT_EQ(response->user_handle, ceremony.credential.user_handle);
}

TEST(AuthenticationResponse, Step3RefusesToDoWithoutIdRawIdTypeAndResponse) {
  for (const char* member : {"id", "rawId", "type", "response"}) {
    EXPECT_EQ(verdict_with([&](Json& json) { json.erase(member); }), kRefused);
    for (const Json& value : {Json(""), Json(nullptr), Json(7), Json::array(), Json("A")}) {
      EXPECT_EQ(verdict_with([&](Json& json) { json[member] = value; }), kRefused);
    }
  }
  EXPECT_EQ(verdict(parse_authentication_response(Json::array())), kRefused);
}

TEST(AuthenticationResponse, Step3BoundsTheId) {
  const auto with_size = [](std::size_t size) {
    const std::string id = base64url_encode(Bytes(size, 1));
    return verdict_with([&](Json& json) { json["id"] = json["rawId"] = id; });
  };
  EXPECT_EQ(with_size(1), "accepted");
  EXPECT_EQ(with_size(1023), "accepted");
  EXPECT_EQ(with_size(1024), kRefused);
}

TEST(AuthenticationResponse, Step3RefusesToDoWithoutTheThreeByteStrings) {
  for (const char* member : {"clientDataJSON", "authenticatorData", "signature"}) {
    EXPECT_EQ(verdict_with([&](Json& json) { json["response"].erase(member); }), kRefused);
    for (const Json& value :
         {Json(""), Json(nullptr), Json(7), Json::array(), Json("AA=="), Json("A"), Json("+/+/")}) {
      EXPECT_EQ(verdict_with([&](Json& json) { json["response"][member] = value; }), kRefused);
    }
  }
}

TEST(AuthenticationResponse, Step3RefusesARegistration) {
  const GoodCeremony ceremony;
  EXPECT_EQ(verdict(parse_authentication_response(
                make_registration_response(ceremony.credential, ceremony.answer))),
            kRefused);
}

TEST(AuthenticationResponse, Step3TakesAUserHandleOrNone) {
  const auto user_handle = [](const Json& value) {
    Json json = good_json();
    json["response"]["userHandle"] = value;
    return parse_authentication_response(json);
  };
  EXPECT_EQ(user_handle("AQ")->user_handle, Bytes{1});
  EXPECT_EQ(user_handle(base64url_encode(Bytes(64)))->user_handle, Bytes(64));
  EXPECT_EQ(user_handle(nullptr)->user_handle, std::nullopt);
  EXPECT_EQ(user_handle("")->user_handle, std::nullopt);
  for (const Json& value :
       {Json(7), Json::array(), Json("AQ=="), Json("A"), Json(base64url_encode(Bytes(65)))}) {
    EXPECT_EQ(verdict(user_handle(value)), kRefused);
  }
  Json json = good_json();
  json["response"].erase("userHandle");
  EXPECT_EQ(parse_authentication_response(json)->user_handle, std::nullopt);
}

TEST(AuthenticationResponse, Step4TakesExtensionResults) {
  const auto results = [](const Json& value) {
    return verdict_with([&](Json& json) { json["clientExtensionResults"] = value; });
  };
  EXPECT_EQ(results({{"prf", {{"results", {{"first", "AA"}}}}}, {"unknown", nullptr}}), "accepted");
}

TEST(AuthenticationResponse, Step4RefusesExtensionResultsThatAreNoObject) {
  const auto results = [](const Json& value) {
    return verdict_with([&](Json& json) { json["clientExtensionResults"] = value; });
  };
  EXPECT_EQ(results("x"), kRefused);
  EXPECT_EQ(results(Json::array()), kRefused);
}

}  // namespace
}  // namespace masterkey2::webauthn
