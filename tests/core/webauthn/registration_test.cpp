// Each step of L3 §7.1, met and violated.
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

TEST(Registration, GoodOneIsAcceptedAndTellsWhatWasLearnt) {
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

TEST(Registration, Step5StripsAByteOrderMark) {
  GoodCeremony ceremony;
  ceremony.answer.edit_client_data_json = [](std::string& json) { json.insert(0, "\xEF\xBB\xBF"); };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
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
  ceremony.answer.edit_client_data_json = [](std::string& json) {
    json.insert(json.find("https://example") + 8, "\xFF");
  };
  EXPECT_EQ(verdict_of(ceremony), "R9 origin_mismatch");
}

TEST(Registration, Step6AcceptsUnknownMembersAnyOrderAndSpace) {
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

TEST(Registration, Step7WantsTheTypeOfARegistration) {
  EXPECT_EQ(verdict_with_client_data("type", "webauthn.create"), "accepted");
  for (const Json& value :
       {kMissing, Json(""), Json("webauthn.get"), Json("Webauthn.create"), Json("webauthn.create "),
        Json(7), Json(nullptr), Json("payment.get")}) {
    EXPECT_EQ(verdict_with_client_data("type", value), "R7 wrong_type");
  }
}

TEST(Registration, Step8WantsTheChallengeThatWasSent) {
  const std::string good = [] {
    GoodCeremony ceremony;
    std::string challenge;
    ceremony.answer.edit_client_data = [&](Json& data) { challenge = data["challenge"]; };
    EXPECT_EQ(verdict_of(ceremony), "accepted");
    return challenge;
  }();
  for (const Json& value :
       {kMissing, Json(""), Json(7), Json(nullptr), Json(good.substr(1)), Json(good + "A"),
        Json(good + "="), Json(good + " "), Json("A" + good.substr(1)), Json("eGVGeA")}) {
    EXPECT_EQ(verdict_with_client_data("challenge", value), "R8 challenge_mismatch");
  }
}

TEST(Registration, Step8WantsTheChallengeInEveryBit) {
  for (std::size_t bit = 0; bit < 256; ++bit) {
    GoodCeremony ceremony;
    ceremony.answer.challenge[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_EQ(verdict_of(ceremony), "R8 challenge_mismatch") << bit;
  }
}

TEST(Registration, Step8NeverMatchesAShortChallenge) {
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

TEST(Registration, Step9WantsAListedOrigin) {
  EXPECT_EQ(verdict_with_client_data("origin", "https://example.org"), "accepted");
  EXPECT_EQ(verdict_with_client_data("origin", "https://login.example.org:8443"), "accepted");
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

TEST(Registration, Step9WithoutOriginsAcceptsNone) {
  GoodCeremony ceremony;
  ceremony.origins.clear();
  EXPECT_EQ(verdict_of(ceremony), "R9 origin_mismatch");
}

TEST(Registration, Step10AllowsFramingOnlyWhereItIsExpected) {
  GoodCeremony ceremony;
  ceremony.answer.cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "R10 cross_origin_not_allowed");
  ceremony.policy.allow_cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.answer.cross_origin = std::nullopt;  // older browsers leave it out
  ceremony.policy.allow_cross_origin = false;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step10WantsABoolean) {
  for (const Json& value : {Json("false"), Json(0), Json(nullptr), Json::array()}) {
    EXPECT_EQ(verdict_with_client_data("crossOrigin", value), "R6 malformed_client_data");
  }
}

TEST(Registration, Step11AllowsListedParentsOnly) {
  GoodCeremony ceremony;
  ceremony.answer.top_origin = "https://parent.example";
  EXPECT_EQ(verdict_of(ceremony), "R11 top_origin_mismatch");
  ceremony.answer.cross_origin = true;
  ceremony.policy.allow_cross_origin = true;
  EXPECT_EQ(verdict_of(ceremony), "accepted");  // any parent
  ceremony.policy.top_origins = {"https://other.example"};
  EXPECT_EQ(verdict_of(ceremony), "R11 top_origin_mismatch");
  ceremony.policy.top_origins.emplace_back("https://parent.example");
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  ceremony.policy.allow_cross_origin = false;
  ceremony.answer.cross_origin = false;
  EXPECT_EQ(verdict_of(ceremony), "R11 top_origin_mismatch");
}

TEST(Registration, Step11WantsText) {
  EXPECT_EQ(verdict_with_client_data("topOrigin", 7), "R6 malformed_client_data");
  EXPECT_EQ(verdict_with_client_data("topOrigin", nullptr), "R6 malformed_client_data");
}

TEST(Registration, Step12HashesTheBytesAsReceived) {
  GoodCeremony ceremony;
  ceremony.answer.format = "packed";
  ceremony.answer.edit_client_data_json = [](std::string& json) { json += " \n"; };
  EXPECT_EQ(verdict_of(ceremony), "accepted");
  RegistrationResponse response = ceremony.registration_response();
  response.client_data_json.pop_back();
  EXPECT_EQ(verdict(ceremony.verify_registration(response)), "R22 bad_attestation");
}

TEST(Registration, Step13WantsAWholeAttestationObject) {
  GoodCeremony ceremony;
  ceremony.answer.edit_attestation_object = [](Bytes& object) { object.push_back(0); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_attestation_object");
  ceremony.answer.edit_attestation_object = [](Bytes& object) { object.pop_back(); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_attestation_object");
  ceremony.answer.edit_attestation_object = [](Bytes& object) { object[0] = 0x80; };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_attestation_object");
}

TEST(Registration, Step13WantsWholeAuthenticatorData) {
  GoodCeremony ceremony;
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data.push_back(0); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data.pop_back(); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data.resize(36); };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
}

TEST(Registration, Step13WantsAttestedCredentialData) {
  GoodCeremony ceremony;
  ceremony.answer.edit_authenticator_data = [](Bytes& data) {
    data.resize(37);
    data[32] &= 0xBF;
  };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
  ceremony.answer.edit_authenticator_data = [](Bytes& data) { data[32] &= 0xBF; };
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
}

TEST(Registration, Step13IgnoresReservedFlags) {
  GoodCeremony ceremony;
  ceremony.answer.flags |= 0x22;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Step13WantsASoundKey) {
  GoodCeremony ceremony;
  ceremony.credential.public_key.back() ^= 1;  // off the curve
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_public_key");
}

TEST(Registration, Step14WantsTheHashOfTheRpId) {
  for (const std::string rp_id :
       {"", "org", "login.example.org", "https://example.org", "other.example"}) {
    GoodCeremony ceremony;
    ceremony.answer.rp_id = rp_id;
    EXPECT_EQ(verdict_of(ceremony), "R14 rp_id_mismatch") << rp_id;
  }
}

TEST(Registration, Step15WantsUserPresence) {
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

TEST(Registration, Step16WantsUserVerificationWhereItIsRequired) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp;
  EXPECT_EQ(verdict_of(ceremony), "R16 user_verification_missing");
  for (const UserVerification less :
       {UserVerification::kPreferred, UserVerification::kDiscouraged}) {
    ceremony.policy.user_verification = less;
    const auto result = ceremony.verify_registration();
    ASSERT_EQ(verdict(result), "accepted");
    EXPECT_FALSE(result->user_verified);
  }
  ceremony.answer.flags = kUp | kUv;
  EXPECT_TRUE(ceremony.verify_registration()->user_verified);
}

TEST(Registration, Step17WantsBackedUpCredentialsToBeEligible) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBs;
  EXPECT_EQ(verdict_of(ceremony), "R17 bad_backup_flags");
  ceremony.answer.flags = kUp | kUv | kBe;
  EXPECT_EQ(verdict_of(ceremony), "accepted");
}

TEST(Registration, Steps18And19TellTheBackupFlags) {
  GoodCeremony ceremony;
  ceremony.answer.flags = kUp | kUv | kBe;
  EXPECT_TRUE(ceremony.verify_registration()->backup_eligible);
  EXPECT_FALSE(ceremony.verify_registration()->backup_state);
  ceremony.answer.flags = kUp | kUv;
  EXPECT_FALSE(ceremony.verify_registration()->backup_eligible);
}

TEST(Registration, Step20WantsAnAlgorithmThatWasOffered) {
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    GoodCeremony ceremony(algorithm);
    ceremony.policy.algorithms = {algorithm};
    EXPECT_EQ(verdict_of(ceremony), "accepted") << algorithm;
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

TEST(Registration, Step21WantsASupportedFormat) {
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

TEST(Registration, Step22AcceptsAndVerifiesSelfAttestationThoughNoneWasAskedFor) {
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

TEST(Registration, Steps23And24DemandNoTrustWhateverWasAskedFor) {
  for (const AttestationConveyance asked :
       {AttestationConveyance::kNone, AttestationConveyance::kIndirect,
        AttestationConveyance::kDirect, AttestationConveyance::kEnterprise}) {
    GoodCeremony ceremony;
    ceremony.policy.attestation = asked;
    EXPECT_EQ(verdict_of(ceremony), "accepted");
  }
}

TEST(Registration, Step25BoundsTheCredentialId) {
  for (const std::size_t size : {1U, 16U, 1023U}) {
    GoodCeremony ceremony;
    ceremony.credential.id.assign(size, 0x1D);
    const auto result = ceremony.verify_registration();
    ASSERT_EQ(verdict(result), "accepted") << size;
    EXPECT_EQ(result->credential_id.size(), size);
  }
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

TEST(Registration, TheIdIsThatOfTheAuthenticatorData) {
  const GoodCeremony ceremony;
  RegistrationResponse response = ceremony.registration_response();
  response.id.front() ^= 1;
  EXPECT_EQ(verdict(ceremony.verify_registration(response)), "R3 malformed_response");
}

TEST(Registration, Step27TakesTheKeyFromTheAuthenticatorData) {
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
  ceremony.answer.extensions = support::CborWriter().array(0).out();
  EXPECT_EQ(verdict_of(ceremony), "R13 malformed_authenticator_data");
}

}  // namespace
}  // namespace masterkey2::webauthn
