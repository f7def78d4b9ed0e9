// What browsers, authenticators and password managers send besides what the specification's
// examples show, each with who is known for it (by public reports, or measured with Chromium 156
// and Firefox 153), and what else the specification allows. All of it verifies, and changes
// nothing else.
#include <gtest/gtest.h>

#include <functional>

#include "encoding/base64url.hpp"
#include "good_ceremony.hpp"
#include "support/cbor_writer.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;
using support::CeremonyAnswer;

struct Habit {
  const char* name;
  const char* source;  ///< who is known for it, or the section that allows it
  std::function<void(CeremonyAnswer&)> answer{};
  /// Of the credential's JSON, of either ceremony.
  std::function<void(Json&)> json{};
};

std::vector<Habit> habits() {
  return {
      // Missing optional members.
      {"NoClientExtensionResults",
       "Bitwarden for Android until 2025, Keepass2Android 1.16-pre1",
       {},
       [](Json& json) { json.erase("clientExtensionResults"); }},
      {"NoAuthenticatorAttachment",
       "Firefox before 120",
       {},
       [](Json& json) { json.erase("authenticatorAttachment"); }},
      {"NullAuthenticatorAttachment",
       "Opera in 2024",
       {},
       [](Json& json) { json["authenticatorAttachment"] = nullptr; }},
      {"NoTransports",
       "Firefox before 119, Safari before 16: no getTransports()",
       {},
       [](Json& json) { json["response"].erase("transports"); }},
      {"NoCrossOrigin", "apps through Android's FIDO2 API",
       [](CeremonyAnswer& answer) { answer.cross_origin.reset(); }},

      // Members that nobody announced.
      {"TemplateWarning", "Chrome: a member at random, against servers that compare templates",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data = [](Json& data) {
           data["other_keys_can_be_added_here"] =
               "do not compare clientDataJSON against a template";
         };
       }},
      {"AndroidPackageName", "Android's FIDO2 API",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data = [](Json& data) {
           data["androidPackageName"] = "com.android.chrome";
         };
       }},
      {"TokenBinding", "Chrome in spring 2018",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data = [](Json& data) {
           data["tokenBinding"] = {{"status", "not-supported"}};
         };
       }},
      {"MembersOfADraft", "Chrome Canary 68; Firefox in 2019 the second one",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data = [](Json& data) {
           data["hashAlgorithm"] = "SHA-256";
           data["clientExtensions"] = Json::object();
         };
       }},
      {"EscapedSlashes", "iOS: JSON of apps as Apple's frameworks write it",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data_json = [](std::string& json) {
           json.replace(json.find("https://"), 8, "https:\\/\\/");
         };
       }},
      {"ConvenienceMembers",
       "toJSON() of Chromium and of Firefox since 119",
       {},
       [](Json& json) {
         json["response"]["publicKeyAlgorithm"] = -7;
         json["response"]["publicKey"] = "AAAA";  // not believed: R27
         json["response"]["authenticatorDataCopy"] = "AAAA";
       }},

      // Extension outputs.
      {"PrfResults",
       "toJSON() of Chromium and Firefox: holds secrets that a server must not want",
       {},
       [](Json& json) {
         json["clientExtensionResults"]["prf"] = {{"enabled", true},
                                                  {"results", {{"first", "AAAA"}}}};
       }},
      {"AppIdFalse",
       "Safari in 2026 unasked, Chrome 99 where a site asked for appid",
       {},
       [](Json& json) {
         json["clientExtensionResults"]["appid"] = false;
         json["clientExtensionResults"]["appidExclude"] = true;
       }},
      {"AuthenticatorExtensions",
       "security keys under Chromium, which asks for credProtect by itself",
       [](CeremonyAnswer& answer) {
         answer.extensions = CborWriter()
                                 .map(2)
                                 .text("credProtect")
                                 .integer(2)
                                 .text("hmac-secret")
                                 .boolean(true)
                                 .out();
       }},
      {"EmptyAuthenticatorExtensions", "CanoKey with older firmware",
       [](CeremonyAnswer& answer) { answer.extensions = CborWriter().map(0).out(); }},

      // Flags and counters.
      {"DeviceBound", "YubiKey, KeePassXC until 2026: BE and BS clear",
       [](CeremonyAnswer& answer) { answer.flags = 0x05; }},
      {"NotYetBackedUp", "KeePassDX: BE set, BS clear",
       [](CeremonyAnswer& answer) { answer.flags = 0x0D; }},
      {"NoCounter", "iCloud Keychain, KeePassXC, Bitwarden since 2024: always 0",
       [](CeremonyAnswer& answer) { answer.sign_count = 0; }},
      {"LargeCounter", "YubiKey and others that count; the largest number there is",
       [](CeremonyAnswer& answer) { answer.sign_count = 0xFFFFFFFF; }},
  };
}

/// No product is known for these; a section of Level 3 allows each.
std::vector<Habit> freedoms() {
  return {
      {"ByteOrderMark", "steps R5 and A8: UTF-8 decode, which drops it",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data_json = [](std::string& json) { json.insert(0, "\xEF\xBB\xBF"); };
       }},
      {"WhiteSpace", "step R6: a JSON parser",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data_json = [](std::string& json) { json = " \n" + json + "\t\r\n"; };
       }},
      {"EmptyCredProps",
       "§10.1.3: clients that cannot tell leave rk out",
       {},
       [](Json& json) { json["clientExtensionResults"]["credProps"] = Json::object(); }},
      {"DisplayNameInCredProps",
       "§10.1.3",
       {},
       [](Json& json) {
         json["clientExtensionResults"]["credProps"] = {{"rk", true},
                                                        {"authenticatorDisplayName", "x"}};
       }},
      {"UnknownExtension",
       "step R28: clients may add outputs",
       {},
       [](Json& json) {
         json["clientExtensionResults"]["x-vendor"] = {{"deep", {1, 2}}};
       }},
      {"ReservedBits", "§6.1: not looked at", [](CeremonyAnswer& answer) { answer.flags |= 0x22; }},
  };
}

class Tolerance : public ::testing::TestWithParam<Habit> {
 protected:
  static GoodCeremony ceremony() {
    GoodCeremony made;
    if (GetParam().answer) GetParam().answer(made.answer);
    made.stored_backup_eligible = (made.answer.flags & 0x08) != 0;
    return made;
  }
};

TEST_P(Tolerance, Registers) {
  const GoodCeremony made = ceremony();
  Json json = make_registration_response(made.credential, made.answer);
  if (GetParam().json) GetParam().json(json);
  const auto response = parse_registration_response(json);
  ASSERT_TRUE(response) << GetParam().source << ": " << response.error().detail;
  const auto result = made.verify_registration(*response);
  ASSERT_EQ(verdict(result), "accepted") << GetParam().source;
  EXPECT_EQ(result->public_key, made.credential.public_key);
  EXPECT_EQ(result->credential_id, made.credential.id);
}

TEST_P(Tolerance, SignsIn) {
  const GoodCeremony made = ceremony();
  Json json = make_authentication_response(made.credential, made.answer);
  if (GetParam().json) GetParam().json(json);
  const auto response = parse_authentication_response(json);
  ASSERT_TRUE(response) << GetParam().source << ": " << response.error().detail;
  EXPECT_EQ(verdict(made.verify_authentication(*response)), "accepted") << GetParam().source;
}

const auto kName = [](const auto& instance) { return std::string(instance.param.name); };
INSTANTIATE_TEST_SUITE_P(Habits, Tolerance, ::testing::ValuesIn(habits()), kName);
INSTANTIATE_TEST_SUITE_P(Freedoms, Tolerance, ::testing::ValuesIn(freedoms()), kName);

TEST(ToleranceOfTransports, KeepsUnknownOnes) {
  GoodCeremony made;
  Json json = make_registration_response(made.credential, made.answer);
  // `cable` is what Chrome and Safari called `hybrid` in 2022; `smart-card` came with Level 3.
  json["response"]["transports"] = {"cable", "smart-card", "internal"};
  const auto response = parse_registration_response(json);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->transports, (std::vector<std::string>{"cable", "smart-card", "internal"}));
}

TEST(ToleranceOfUserHandles, TakesNullAndEmptyAsMissing) {
  // Security keys without discoverable credentials: null in Chrome and Firefox, empty in Safari
  // (WebKit bug 239737).
  GoodCeremony made;
  made.user_named = true;
  for (const Json& value : {Json(), Json("")}) {
    Json json = make_authentication_response(made.credential, made.answer);
    json["response"]["userHandle"] = value;
    const auto response = parse_authentication_response(json);
    ASSERT_TRUE(response);
    EXPECT_FALSE(response->user_handle);
    EXPECT_EQ(verdict(made.verify_authentication(*response)), "accepted");
  }
}

TEST(ToleranceOfFraming, TakesFramesWithAndWithoutTopOriginWhereTheyAreExpected) {
  // Browsers of Level 2 say crossOrigin alone; topOrigin came with Level 3.
  for (const auto& parent :
       {std::optional<std::string>(), std::optional<std::string>("https://portal.example")}) {
    GoodCeremony made;
    made.answer.cross_origin = true;
    made.answer.top_origin = parent;
    EXPECT_EQ(verdict(made.verify_registration()), "R10 cross_origin_not_allowed");
    made.policy.allow_cross_origin = true;
    EXPECT_EQ(verdict(made.verify_registration()), "accepted");
    EXPECT_EQ(verdict(made.verify_authentication()), "accepted");
  }
}

TEST(ToleranceOfAttestation, TakesSelfAttestationThatNobodyAskedFor) {
  // Firefox since 2026, as L3 §5.1.3 has it for a zero AAGUID, and conformance test Resp-7 P-2.
  GoodCeremony made;
  made.answer.format = "packed";
  EXPECT_EQ(verdict(made.verify_registration()), "accepted");
}

}  // namespace
}  // namespace masterkey2::webauthn
