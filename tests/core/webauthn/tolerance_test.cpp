// What browsers, authenticators and password managers send besides what the specification's
// examples show, each with who is known for it. All of it verifies, and changes nothing else.
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
  const char* seen_in;  ///< shown when the test fails
  std::function<void(CeremonyAnswer&)> answer{};
  /// Of the credential's JSON, of either ceremony.
  std::function<void(Json&)> json{};
};

std::vector<Habit> habits() {
  return {
      // Missing optional members.
      {"NoClientExtensionResults",
       "1Password, Bitwarden, KeePassXC: objects of their own, read member by member",
       {},
       [](Json& json) { json.erase("clientExtensionResults"); }},
      {"NoAuthenticatorAttachment",
       "Firefox before 119",
       {},
       [](Json& json) { json.erase("authenticatorAttachment"); }},
      {"NullAuthenticatorAttachment",
       "Chrome: null where it cannot tell",
       {},
       [](Json& json) { json["authenticatorAttachment"] = nullptr; }},
      {"NoTransports",
       "Firefox before 119 (no getTransports())",
       {},
       [](Json& json) { json["response"].erase("transports"); }},
      {"NoCrossOrigin", "Safari and older Firefox: left out when false",
       [](CeremonyAnswer& answer) { answer.cross_origin.reset(); }},

      // Members that nobody announced.
      {"TemplateWarning", "Chrome: a member at random, against servers that compare templates",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data = [](Json& data) {
           data["other_keys_can_be_added_here"] =
               "do not compare clientDataJSON against a template";
         };
       }},
      {"AndroidPackageName", "Android's Credential Manager and Play services",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data = [](Json& data) {
           data["androidPackageName"] = "com.android.chrome";
         };
       }},
      {"TokenBinding", "EdgeHTML (Edge 18)",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data = [](Json& data) {
           data["tokenBinding"] = {{"status", "not-supported"}};
         };
       }},
      {"MembersOfADraft", "Firefox 60, by a draft of Level 1",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data = [](Json& data) {
           data["hashAlgorithm"] = "SHA-256";
           data["clientExtensions"] = Json::object();
         };
       }},
      {"ConvenienceMembers",
       "toJSON() of Chrome 129, Firefox 119, Safari 18.4",
       {},
       [](Json& json) {
         json["response"]["publicKeyAlgorithm"] = -7;
         json["response"]["publicKey"] = "AAAA";  // not believed: R27
         json["response"]["authenticatorDataCopy"] = "AAAA";
       }},
      {"ByteOrderMark", "nobody yet: what \"UTF-8 decode\" of steps R5 and A8 is for",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data_json = [](std::string& json) { json.insert(0, "\xEF\xBB\xBF"); };
       }},
      {"WhiteSpace", "clients that serialise with a library of their own",
       [](CeremonyAnswer& answer) {
         answer.edit_client_data_json = [](std::string& json) { json = " \n" + json + "\t\r\n"; };
       }},

      // Extension outputs.
      {"PrfResults",
       "toJSON() of Chrome and Firefox: holds secrets that a server must not want",
       {},
       [](Json& json) {
         json["clientExtensionResults"]["prf"] = {{"enabled", true},
                                                  {"results", {{"first", "AAAA"}}}};
       }},
      {"EmptyCredProps",
       "clients that cannot tell, such as Firefox with old security keys",
       {},
       [](Json& json) { json["clientExtensionResults"]["credProps"] = Json::object(); }},
      {"DisplayNameInCredProps",
       "password managers that follow an earlier draft of Level 3",
       {},
       [](Json& json) {
         json["clientExtensionResults"]["credProps"] = {{"rk", true},
                                                        {"authenticatorDisplayName", "x"}};
       }},
      {"AppIdFalse",
       "Chrome, where an SDK asked for U2F's extensions",
       {},
       [](Json& json) {
         json["clientExtensionResults"]["appid"] = false;
         json["clientExtensionResults"]["appidExclude"] = true;
       }},
      {"UnknownExtension",
       "vendors' own extensions, remoteDesktopClientOverride",
       {},
       [](Json& json) {
         json["clientExtensionResults"]["x-vendor"] = {{"deep", {1, 2}}};
       }},
      {"AuthenticatorExtensions", "YubiKey under Chrome, which asks for credProtect by itself",
       [](CeremonyAnswer& answer) {
         answer.extensions = CborWriter()
                                 .map(2)
                                 .text("credProtect")
                                 .integer(2)
                                 .text("hmac-secret")
                                 .boolean(true)
                                 .out();
       }},
      {"EmptyAuthenticatorExtensions", "security keys that set ED and have nothing to say",
       [](CeremonyAnswer& answer) { answer.extensions = CborWriter().map(0).out(); }},

      // Flags and counters.
      {"DeviceBound", "YubiKey, Windows Hello: BE and BS clear",
       [](CeremonyAnswer& answer) { answer.flags = 0x05; }},
      {"NotYetBackedUp", "synced providers before the first upload: BE set, BS clear",
       [](CeremonyAnswer& answer) { answer.flags = 0x0D; }},
      {"ReservedBits", "authenticators of a later specification",
       [](CeremonyAnswer& answer) { answer.flags |= 0x22; }},
      {"NoCounter", "iCloud Keychain, Google Password Manager: always 0",
       [](CeremonyAnswer& answer) { answer.sign_count = 0; }},
      {"LargeCounter", "security keys with one counter for all credentials",
       [](CeremonyAnswer& answer) { answer.sign_count = 0xFFFFFFFF; }},
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
  ASSERT_TRUE(response) << GetParam().seen_in << ": " << response.error().detail;
  const auto result = made.verify_registration(*response);
  ASSERT_EQ(verdict(result), "accepted") << GetParam().seen_in;
  EXPECT_EQ(result->public_key, made.credential.public_key);
  EXPECT_EQ(result->credential_id, made.credential.id);
}

TEST_P(Tolerance, SignsIn) {
  const GoodCeremony made = ceremony();
  Json json = make_authentication_response(made.credential, made.answer);
  if (GetParam().json) GetParam().json(json);
  const auto response = parse_authentication_response(json);
  ASSERT_TRUE(response) << GetParam().seen_in << ": " << response.error().detail;
  EXPECT_EQ(verdict(made.verify_authentication(*response)), "accepted") << GetParam().seen_in;
}

INSTANTIATE_TEST_SUITE_P(Habits, Tolerance, ::testing::ValuesIn(habits()),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(ToleranceOfTransports, KeepsUnknownOnes) {
  GoodCeremony made;
  Json json = make_registration_response(made.credential, made.answer);
  // `cable` is what Chrome called `hybrid`; `smart-card` came with Level 3.
  json["response"]["transports"] = {"cable", "smart-card", "internal"};
  const auto response = parse_registration_response(json);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->transports, (std::vector<std::string>{"cable", "smart-card", "internal"}));
}

TEST(ToleranceOfUserHandles, TakesNullAndEmptyAsMissing) {
  // Security keys without discoverable credentials: toJSON() leaves it out, serialisers of sites
  // write null or an empty text.
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
  // Chrome 123 names the parent; Safari and Firefox say crossOrigin alone.
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
  // Chrome with a security key that knows no other, and conformance test Resp-7 P-2.
  GoodCeremony made;
  made.answer.format = "packed";
  EXPECT_EQ(verdict(made.verify_registration()), "accepted");
}

}  // namespace
}  // namespace masterkey2::webauthn
