#include "service/tenant_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webauthn/algorithm.hpp"

namespace masterkey2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kAppOrigin =
    "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

TenantSettings named(std::string rp_name = "Example") {
  TenantSettings settings;
  settings.rp_name = std::move(rp_name);
  return settings;
}

TenantSettings decoded(std::string_view json) {
  const auto settings = decode_tenant_settings(as_bytes(json));
  EXPECT_TRUE(settings) << settings.error();
  return settings ? *settings : TenantSettings{};
}

TEST(TenantSettings, ComeBackAsEncoded) {
  TenantSettings settings = named("Beispiel \xC3\xBC");
  settings.origins = {"https://example.com", "https://app.example.com:8443"};
  settings.allow_subdomains = true;
  settings.user_verification = webauthn::UserVerification::kPreferred;
  settings.resident_key = "preferred";
  settings.attestation = webauthn::AttestationConveyance::kEnterprise;
  settings.algorithms = {webauthn::kRs256, webauthn::kEs256};
  settings.counter_policy = webauthn::CounterPolicy::kRefuse;
  settings.max_credentials_per_user = 64;
  settings.proof_forwarding = true;
  settings.cross_device = "off";
  settings.verify_by_session_token = false;
  settings.require_origin = false;
  settings.authenticator_timeout_ms = 600'000;
  settings.allow_cross_origin = true;
  settings.top_origins = {"https://portal.example.org"};
  settings.attestation_trust = webauthn::AttestationTrustRule::kMetadata;
  settings.aaguids = {Aaguid(), Aaguid{{1, 2, 3}}};
  settings.legacy_attestation = {.android_safetynet = true, .tpm_sha1 = true, .u2f_aaguid = false};
  settings.synced_passkeys = false;
  settings.hints = {"hybrid", "security-key"};
  settings.related_origins = {"https://example.co.uk"};
  settings.app_origins = {kAppOrigin};
  settings.signal = false;
  const auto back = decode_tenant_settings(encode_tenant_settings(settings));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(*back, settings);
}

TEST(TenantSettings, MissingMembersTakeTheirDefault) {
  TenantSettings expected = named("A");
  EXPECT_EQ(decoded(R"({"rp_name": "A"})"), expected);
}

TEST(TenantSettings, UnknownMembersAreIgnored) {
  EXPECT_EQ(decoded(R"({"rp_name": "A", "from_the_future": {"x": [1]}})"), named("A"));
}

TEST(TenantSettings, RefuseWhatIsNoObject) {
  for (const std::string_view text : {"", "[]", "null", "1", "{", R"({"a": 1, "a": 2})"}) {
    EXPECT_FALSE(decode_tenant_settings(as_bytes(text))) << text;
  }
}

TEST(TenantSettings, RefuseMembersOfAnotherTypeOrBeyondTheirRange) {
  for (const std::string& member : std::vector<std::string>{
           R"("rp_name": "")",
           R"("rp_name": 5)",
           R"("rp_name": "a\nb")",
           R"("rp_name": ")" + std::string(257, 'a') + "\"",
           R"("origins": "https://example.com")",
           R"("origins": ["https://example.com/"])",
           R"("origins": ["https://EXAMPLE.com"])",
           R"("origins": ["https://example.com", "https://example.com"])",
           R"("allow_subdomains": 1)",
           R"("user_verification": "Required")",
           R"("user_verification": null)",
           R"("resident_key": "maybe")",
           R"("attestation": "full")",
           R"("algorithms": [])",
           R"("algorithms": ["RS1"])",
           R"("algorithms": ["es256"])",
           R"("algorithms": ["ES256", "ES256"])",
           R"("algorithms": [-7])",
           R"("counter_policy": "strict")",
           R"("max_credentials_per_user": 0)",
           R"("max_credentials_per_user": 65)",
           R"("max_credentials_per_user": 20.0)",
           R"("max_credentials_per_user": 18446744073709551615)",
           R"("proof_forwarding": "true")",
           R"("cross_device": "on")",
           R"("authenticator_timeout_ms": 14999)",
           R"("authenticator_timeout_ms": 600001)",
           R"("top_origins": [1])",
           R"("attestation_trust": "all")",
           R"("attestation_trust": null)",
           R"("aaguids": "08987058-cadc-4b81-b6e1-30de50dcbe96")",
           R"("aaguids": ["08987058cadc4b81b6e130de50dcbe96"])",
           R"("aaguids": [1])",
           R"("aaguids": ["08987058-cadc-4b81-b6e1-30de50dcbe96",
                          "08987058-CADC-4B81-B6E1-30DE50DCBE96"])",
           R"("legacy_attestation": "tpm-rs1")",
           R"("legacy_attestation": ["fido-u2f"])",
           R"("legacy_attestation": ["tpm-rs1", "tpm-rs1"])",
           R"("hints": ["phone"])",
           R"("hints": ["hybrid", "hybrid"])",
           R"("related_origins": ["http://example.com"])",
           R"("app_origins": ["https://example.com"])",
           R"("app_origins": ["android:apk-key-hash:AAAA"])",
           R"("app_origins": ["android:apk-key-hash:!"])",
       }) {
    const auto settings = decode_tenant_settings(as_bytes("{" + member + "}"));
    ASSERT_FALSE(settings) << member;
    EXPECT_THAT(settings.error(), HasSubstr("it takes")) << member;
  }
}

TEST(TenantSettings, OfferEs256EdDsaAndRs256Unasked) {
  EXPECT_THAT(named().offered_algorithms(),
              ElementsAre(webauthn::kEs256, webauthn::kEdDsa, webauthn::kRs256));
}

TEST(TenantSettings, OfferEs256AloneWhileProofsAreForwarded) {
  TenantSettings settings = named();
  settings.proof_forwarding = true;
  EXPECT_THAT(settings.offered_algorithms(), ElementsAre(webauthn::kEs256));
}

TEST(TenantSettings, OfferWhatIsSetEvenWhileProofsAreForwarded) {
  TenantSettings settings = named();
  settings.proof_forwarding = true;
  settings.algorithms = {webauthn::kEdDsa};
  EXPECT_THAT(settings.offered_algorithms(), ElementsAre(webauthn::kEdDsa));
}

TEST(SetTenantSetting, KnowsEveryMemberAndItsDefault) {
  EXPECT_EQ(tenant_setting_names().size(), 24U);
  TenantSettings settings;
  EXPECT_TRUE(set_tenant_setting(settings, "rp_name", "Shop"));
  EXPECT_TRUE(set_tenant_setting(settings, "origins", "https://example.com"));
  EXPECT_TRUE(set_tenant_setting(settings, "allow_subdomains", "true"));
  EXPECT_TRUE(set_tenant_setting(settings, "user_verification", "discouraged"));
  EXPECT_TRUE(set_tenant_setting(settings, "resident_key", "discouraged"));
  EXPECT_TRUE(set_tenant_setting(settings, "attestation", "direct"));
  EXPECT_TRUE(set_tenant_setting(settings, "algorithms", "EdDSA,ES256"));
  EXPECT_TRUE(set_tenant_setting(settings, "counter_policy", "ignore"));
  EXPECT_TRUE(set_tenant_setting(settings, "max_credentials_per_user", "1"));
  EXPECT_TRUE(set_tenant_setting(settings, "proof_forwarding", "true"));
  EXPECT_TRUE(set_tenant_setting(settings, "cross_device", "off"));
  EXPECT_TRUE(set_tenant_setting(settings, "verify_by_session_token", "false"));
  EXPECT_TRUE(set_tenant_setting(settings, "require_origin", "false"));
  EXPECT_TRUE(set_tenant_setting(settings, "authenticator_timeout_ms", "15000"));
  EXPECT_TRUE(set_tenant_setting(settings, "allow_cross_origin", "true"));
  EXPECT_TRUE(set_tenant_setting(settings, "top_origins", "https://a.example,https://b.example"));
  EXPECT_TRUE(set_tenant_setting(settings, "attestation_trust", "anchors"));
  EXPECT_TRUE(set_tenant_setting(settings, "aaguids", "01020300-0000-0000-0000-000000000000"));
  EXPECT_TRUE(set_tenant_setting(settings, "legacy_attestation", "tpm-rs1"));
  EXPECT_TRUE(set_tenant_setting(settings, "synced_passkeys", "false"));
  EXPECT_TRUE(set_tenant_setting(settings, "signal", "false"));
  EXPECT_TRUE(set_tenant_setting(settings, "hints", "client-device,hybrid"));
  EXPECT_TRUE(set_tenant_setting(settings, "related_origins", "https://example.co.uk"));
  EXPECT_TRUE(set_tenant_setting(settings, "app_origins", kAppOrigin));

  TenantSettings expected;
  expected.rp_name = "Shop";
  expected.origins = {"https://example.com"};
  expected.allow_subdomains = true;
  expected.user_verification = webauthn::UserVerification::kDiscouraged;
  expected.resident_key = "discouraged";
  expected.attestation = webauthn::AttestationConveyance::kDirect;
  expected.algorithms = {webauthn::kEdDsa, webauthn::kEs256};
  expected.counter_policy = webauthn::CounterPolicy::kIgnore;
  expected.max_credentials_per_user = 1;
  expected.proof_forwarding = true;
  expected.cross_device = "off";
  expected.verify_by_session_token = false;
  expected.require_origin = false;
  expected.authenticator_timeout_ms = 15'000;
  expected.allow_cross_origin = true;
  expected.top_origins = {"https://a.example", "https://b.example"};
  expected.attestation_trust = webauthn::AttestationTrustRule::kAnchors;
  expected.aaguids = {Aaguid{{1, 2, 3}}};
  expected.legacy_attestation = {.android_safetynet = false, .tpm_sha1 = true, .u2f_aaguid = false};
  expected.synced_passkeys = false;
  expected.hints = {"client-device", "hybrid"};
  expected.related_origins = {"https://example.co.uk"};
  expected.app_origins = {kAppOrigin};
  expected.signal = false;
  EXPECT_EQ(settings, expected);
}

TEST(SetTenantSetting, NothingClearsAList) {
  TenantSettings settings = named();
  settings.algorithms = {webauthn::kEs256};
  settings.top_origins = {"https://a.example"};
  settings.aaguids = {Aaguid()};
  settings.legacy_attestation.android_safetynet = true;
  settings.hints = {"hybrid"};
  ASSERT_TRUE(set_tenant_setting(settings, "aaguids", ""));
  ASSERT_TRUE(set_tenant_setting(settings, "legacy_attestation", ""));
  ASSERT_TRUE(set_tenant_setting(settings, "hints", ""));
  ASSERT_TRUE(set_tenant_setting(settings, "algorithms", ""));
  ASSERT_TRUE(set_tenant_setting(settings, "top_origins", ""));
  TenantSettings expected = named();
  expected.legacy_attestation.u2f_aaguid = false;
  EXPECT_EQ(settings, expected);
}

TEST(SetTenantSetting, RefusesAndChangesNothing) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"rp_name", ""},
      {"rp_name", "\xFF"},
      {"allow_subdomains", "yes"},
      {"allow_subdomains", ""},
      {"user_verification", "always"},
      {"algorithms", "ES256,"},
      {"algorithms", "RS1"},
      {"max_credentials_per_user", "20x"},
      {"max_credentials_per_user", " 20"},
      {"max_credentials_per_user", "99999999999999999999"},
      {"top_origins", "https://a.example, https://b.example"},
  };
  for (const auto& [key, value] : refused) {
    TenantSettings settings = named();
    const auto result = set_tenant_setting(settings, key, value);
    ASSERT_FALSE(result) << key << "=" << value;
    EXPECT_THAT(result.error(), HasSubstr("`" + key + "` cannot be `" + value + "`"));
    EXPECT_EQ(settings, named());
  }
}

TEST(TenantSettings, NameEveryAlgorithmThatTheCoreKnows) {
  for (const webauthn::Algorithm& algorithm : webauthn::known_algorithms()) {
    TenantSettings settings = named();
    ASSERT_TRUE(set_tenant_setting(settings, "algorithms", algorithm.name)) << algorithm.name;
    EXPECT_THAT(settings.offered_algorithms(), ElementsAre(algorithm.id));
    EXPECT_EQ(*decode_tenant_settings(encode_tenant_settings(settings)), settings);
  }
}

TEST(TenantSettings, OfferMlDsaOnlyWhereOpenSslHasIt) {
  const bool available = is_available(MlDsaSet::kMlDsa65);
  TenantSettings settings = named();
  const auto set = set_tenant_setting(settings, "algorithms", "ML-DSA-65,ES256");
  EXPECT_EQ(set.has_value(), available);
  if (!available) {
    EXPECT_THAT(set.error(), HasSubstr("OpenSSL does not have it"));
    EXPECT_EQ(settings, named());
  }
  // Another node, whose OpenSSL has it, may have stored it.
  settings = decoded(R"({"rp_name": "A", "algorithms": ["ML-DSA-65", "ES256"]})");
  EXPECT_EQ(settings.offered_algorithms().size(), available ? 2U : 1U);
  EXPECT_EQ(settings.offered_algorithms().back(), webauthn::kEs256);
}

TEST(SetTenantSetting, NamesAllSettingsWhenThereIsNoSuchOne) {
  TenantSettings settings = named();
  const auto result = set_tenant_setting(settings, "colour", "blue");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error(), HasSubstr("`colour`"));
  EXPECT_THAT(result.error(), HasSubstr("user_verification"));
}

}  // namespace
}  // namespace masterkey2
