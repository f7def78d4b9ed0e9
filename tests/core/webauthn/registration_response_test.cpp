#include <gtest/gtest.h>

#include "encoding/base64url.hpp"
#include "good_ceremony.hpp"

namespace masterkey2::webauthn {
namespace {

Json good_json() {
  const GoodCeremony ceremony;
  return make_registration_response(ceremony.credential, ceremony.answer);
}

std::string verdict_with(const std::function<void(Json&)>& change) {
  Json json = good_json();
  change(json);
  return verdict(parse_registration_response(json));
}

constexpr std::string_view kRefusedAtStep3 = "R3 malformed_response";

TEST(RegistrationResponse, Step3TakesARegistration) {
  const GoodCeremony ceremony;
  const auto response = parse_registration_response(good_json());
  ASSERT_TRUE(response);
  EXPECT_EQ(response->id, ceremony.credential.id);
  EXPECT_EQ(as_text(response->client_data_json).front(), '{');
  EXPECT_EQ(response->attestation_object.front(), 0xA3);
  EXPECT_EQ(response->transports, (std::vector<std::string>{"internal", "hybrid"}));
  EXPECT_EQ(response->discoverable, std::nullopt);
}

TEST(RegistrationResponse, Step3RefusesWhatIsNoObject) {
  for (const Json& json : {Json(nullptr), Json::array(), Json("x"), Json(7), Json::object()}) {
    EXPECT_EQ(verdict(parse_registration_response(json)), kRefusedAtStep3);
  }
}

TEST(RegistrationResponse, Step3TellsWhatIsNoObject) {
  const auto detail_of = [](const Json& json) {
    return parse_registration_response(json).error().detail;
  };
  EXPECT_EQ(detail_of(Json::array()), "the credential is not an object");
  const Json json = {{"id", "AAAA"}, {"rawId", "AAAA"}, {"type", "public-key"}, {"response", 7}};
  EXPECT_EQ(detail_of(json), "response is missing or not an object");
}

TEST(RegistrationResponse, Step3RefusesIdsThatAreMissingOrDiffer) {
  for (const char* member : {"id", "rawId"}) {
    EXPECT_EQ(verdict_with([&](Json& json) { json.erase(member); }), kRefusedAtStep3);
    for (const Json& value : {Json(""), Json(nullptr), Json(7), Json::array(), Json::object(),
                              Json("AAA="), Json("+/+/"), Json("AAAB")}) {
      EXPECT_EQ(verdict_with([&](Json& json) { json[member] = value; }), kRefusedAtStep3);
    }
  }
}

TEST(RegistrationResponse, Step3RefusesEveryTypeButPublicKey) {
  EXPECT_EQ(verdict_with([](Json& json) { json.erase("type"); }), kRefusedAtStep3);
  for (const Json& value : {Json(""), Json("Public-Key"), Json(nullptr), Json(1)}) {
    EXPECT_EQ(verdict_with([&](Json& json) { json["type"] = value; }), kRefusedAtStep3);
  }
}

TEST(RegistrationResponse, Step3RefusesAResponseWithoutBothMembers) {
  EXPECT_EQ(verdict_with([](Json& json) { json.erase("response"); }), kRefusedAtStep3);
  EXPECT_EQ(verdict_with([](Json& json) { json["response"] = "x"; }), kRefusedAtStep3);
  EXPECT_EQ(verdict_with([](Json& json) { json["response"] = Json::array(); }), kRefusedAtStep3);
  for (const char* member : {"clientDataJSON", "attestationObject"}) {
    EXPECT_EQ(verdict_with([&](Json& json) { json["response"].erase(member); }), kRefusedAtStep3);
    for (const Json& value : {Json(""), Json(nullptr), Json(7), Json::array(), Json::object(),
                              Json("AA=="), Json("A"), Json("A B")}) {
      EXPECT_EQ(verdict_with([&](Json& json) { json["response"][member] = value; }),
                kRefusedAtStep3);
    }
  }
}

TEST(RegistrationResponse, Step3RefusesAnAssertion) {
  const GoodCeremony ceremony;
  EXPECT_EQ(verdict(parse_registration_response(
                make_authentication_response(ceremony.credential, ceremony.answer))),
            kRefusedAtStep3);
}

TEST(RegistrationResponse, Step3KeepsUnknownTransportsWithinBounds) {
  const auto transports = [](Json value) {
    return verdict_with([&](Json& json) { json["response"]["transports"] = value; });
  };
  EXPECT_EQ(transports({"smart-card", "telepathy"}), "accepted");
  EXPECT_EQ(transports(Json::array()), "accepted");
  EXPECT_EQ(transports("internal"), kRefusedAtStep3);
  EXPECT_EQ(transports(nullptr), kRefusedAtStep3);
  EXPECT_EQ(transports({7}), kRefusedAtStep3);
  EXPECT_EQ(transports({""}), kRefusedAtStep3);
  EXPECT_EQ(transports(std::vector<std::string>(16, "usb")), "accepted");
  EXPECT_EQ(transports(std::vector<std::string>(17, "usb")), kRefusedAtStep3);
  EXPECT_EQ(transports({std::string(32, 'x')}), "accepted");
  EXPECT_EQ(transports({std::string(33, 'x')}), kRefusedAtStep3);
  EXPECT_EQ(verdict_with([](Json& json) { json["response"].erase("transports"); }), "accepted");
}

TEST(RegistrationResponse, Step4TakesTheExtensionResults) {
  const auto results = [](const Json& value) {
    return verdict_with([&](Json& json) { json["clientExtensionResults"] = value; });
  };
  EXPECT_EQ(results(Json::object()), "accepted");
  EXPECT_EQ(results({{"prf", {{"enabled", true}}}, {"unknown", 7}}), "accepted");
  EXPECT_EQ(results({{"credProps", Json::object()}}), "accepted");
  EXPECT_EQ(results({{"credProps", {{"rk", true}, {"authenticatorDisplayName", "x"}}}}),
            "accepted");
  EXPECT_EQ(verdict_with([](Json& json) { json.erase("clientExtensionResults"); }), "accepted");
}

TEST(RegistrationResponse, Step4RefusesExtensionResultsOfAnotherType) {
  const auto results = [](const Json& value) {
    return verdict_with([&](Json& json) { json["clientExtensionResults"] = value; });
  };
  EXPECT_EQ(results({{"credProps", true}}), "R4 malformed_response");
  EXPECT_EQ(results({{"credProps", {{"rk", "yes"}}}}), "R4 malformed_response");
  EXPECT_EQ(results(nullptr), kRefusedAtStep3);
  EXPECT_EQ(results("x"), kRefusedAtStep3);
}

TEST(RegistrationResponse, Step4KeepsWhetherTheCredentialIsDiscoverable) {
  for (const bool rk : {true, false}) {
    Json json = good_json();
    json["clientExtensionResults"] = {{"credProps", {{"rk", rk}}}};
    EXPECT_EQ(parse_registration_response(json)->discoverable, rk);
  }
}

TEST(RegistrationResponse, IgnoresUnknownMembers) {
  EXPECT_EQ(verdict_with([](Json& json) {
              json["future"] = {1, 2};
              json["authenticatorAttachment"] = nullptr;
              json["response"]["future"] = "x";
            }),
            "accepted");
}

}  // namespace
}  // namespace masterkey2::webauthn
