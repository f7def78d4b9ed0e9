#include "service/tenant_setting_members.hpp"

#include <algorithm>

#include "encoding/base64url.hpp"
#include "encoding/utf8.hpp"
#include "service/rp_id.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/algorithm.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kMaxOrigins = 64;
constexpr std::size_t kMaxOriginBytes = 300;
constexpr std::size_t kMaxAaguids = 64;
constexpr std::size_t kMaxHints = 3;

template <class T>
struct Word {
  std::string_view text;
  T value;
};

using webauthn::AttestationConveyance;
using webauthn::CounterPolicy;
using webauthn::UserVerification;

constexpr Word<UserVerification> kUserVerificationWords[] = {
    {"required", UserVerification::kRequired},
    {"preferred", UserVerification::kPreferred},
    {"discouraged", UserVerification::kDiscouraged}};
constexpr Word<AttestationConveyance> kAttestationWords[] = {
    {"none", AttestationConveyance::kNone},
    {"indirect", AttestationConveyance::kIndirect},
    {"direct", AttestationConveyance::kDirect},
    {"enterprise", AttestationConveyance::kEnterprise}};
constexpr Word<CounterPolicy> kCounterWords[] = {{"flag", CounterPolicy::kFlag},
                                                 {"ignore", CounterPolicy::kIgnore},
                                                 {"refuse", CounterPolicy::kRefuse}};
constexpr Word<webauthn::AttestationTrustRule> kTrustWords[] = {
    {"none", webauthn::AttestationTrustRule::kNone},
    {"aaguids", webauthn::AttestationTrustRule::kAaguids},
    {"anchors", webauthn::AttestationTrustRule::kAnchors},
    {"metadata", webauthn::AttestationTrustRule::kMetadata}};
constexpr Word<bool webauthn::LegacyAttestation::*> kLegacyWords[] = {
    {"android-safetynet", &webauthn::LegacyAttestation::android_safetynet},
    {"tpm-rs1", &webauthn::LegacyAttestation::tpm_sha1},
    {"u2f-aaguid", &webauthn::LegacyAttestation::u2f_aaguid}};
/// An empty list.
constexpr webauthn::LegacyAttestation kNoLegacy = {
    .android_safetynet = false, .tpm_sha1 = false, .u2f_aaguid = false};

template <class T, std::size_t N>
bool read_word(const Json& json, const Word<T> (&words)[N], T& out) {
  if (!json.is_string()) return false;
  for (const auto& word : words) {
    if (json.get_ref<const std::string&>() == word.text) {
      out = word.value;
      return true;
    }
  }
  return false;
}

template <class T, std::size_t N>
Json write_word(const Word<T> (&words)[N], T value) {
  for (const auto& word : words) {
    if (word.value == value) return word.text;
  }
  return nullptr;
}

bool read_one_of(const Json& json, std::initializer_list<std::string_view> words,
                 std::string& out) {
  if (!json.is_string()) return false;
  const auto& text = json.get_ref<const std::string&>();
  if (std::find(words.begin(), words.end(), text) == words.end()) return false;
  out = text;
  return true;
}

bool read_flag(const Json& json, bool& out) {
  if (!json.is_boolean()) return false;
  out = json.get<bool>();
  return true;
}

template <class T>
bool read_number(const Json& json, std::int64_t least, std::int64_t most, T& out) {
  if (!json.is_number_integer()) return false;
  // Beyond an int64 an unsigned value would wrap in get<>.
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) return false;
  const auto value = json.get<std::int64_t>();
  if (value < least || value > most) return false;
  out = static_cast<T>(value);
  return true;
}

/// Strings that `accept` takes, without repetitions.
template <class Accept>
bool read_texts(const Json& json, std::size_t most, const Accept& accept,
                std::vector<std::string>& out) {
  if (!json.is_array() || json.size() > most) return false;
  std::vector<std::string> texts;
  for (const Json& item : json) {
    if (!item.is_string() || !accept(item.get_ref<const std::string&>())) return false;
    if (std::find(texts.begin(), texts.end(), item) != texts.end()) return false;
    texts.push_back(item.get<std::string>());
  }
  out = std::move(texts);
  return true;
}

bool is_canonical_origin(const std::string& text) {
  if (text.size() > kMaxOriginBytes) return false;
  const auto canonical = canonical_origin(text);
  return canonical && *canonical == text;
}

bool read_algorithms(const Json& json, std::optional<std::vector<std::int32_t>>& out) {
  if (json.is_null()) {
    out.reset();
    return true;
  }
  if (!json.is_array() || json.empty()) return false;
  std::vector<std::int32_t> algorithms;
  for (const Json& item : json) {
    const auto named = webauthn::named_algorithms();
    const auto found =
        std::find_if(named.begin(), named.end(), [&](const auto& row) { return item == row.name; });
    if (found == named.end()) return false;
    if (std::find(algorithms.begin(), algorithms.end(), found->id) != algorithms.end()) {
      return false;
    }
    algorithms.push_back(found->id);
  }
  out = std::move(algorithms);
  return true;
}

Json write_algorithms(const std::optional<std::vector<std::int32_t>>& algorithms) {
  if (!algorithms) return nullptr;
  Json list = Json::array();
  for (const std::int32_t algorithm : *algorithms) {
    list.push_back(webauthn::find_algorithm(algorithm)->name);
  }
  return list;
}

bool read_aaguids(const Json& json, std::vector<Aaguid>& out) {
  if (!json.is_array() || json.size() > kMaxAaguids) return false;
  std::vector<Aaguid> aaguids;
  for (const Json& item : json) {
    const auto aaguid = item.is_string()
                            ? webauthn::parse_aaguid(item.get_ref<const std::string&>())
                            : std::nullopt;
    if (!aaguid || std::find(aaguids.begin(), aaguids.end(), *aaguid) != aaguids.end()) {
      return false;
    }
    aaguids.push_back(*aaguid);
  }
  out = std::move(aaguids);
  return true;
}

Json write_aaguids(const std::vector<Aaguid>& aaguids) {
  Json list = Json::array();
  for (const Aaguid& aaguid : aaguids) list.push_back(webauthn::aaguid_text(aaguid));
  return list;
}

bool read_legacy(const Json& json, webauthn::LegacyAttestation& out) {
  if (!json.is_array()) return false;
  webauthn::LegacyAttestation legacy = kNoLegacy;
  for (const Json& item : json) {
    bool webauthn::LegacyAttestation::*allowed = nullptr;
    if (!read_word(item, kLegacyWords, allowed) || legacy.*allowed) return false;
    legacy.*allowed = true;
  }
  out = legacy;
  return true;
}

Json write_legacy(const webauthn::LegacyAttestation& legacy) {
  Json list = Json::array();
  for (const auto& word : kLegacyWords) {
    if (legacy.*word.value) list.push_back(word.text);
  }
  return list;
}

bool is_hint(const std::string& text) {
  return text == "security-key" || text == "client-device" || text == "hybrid";
}

/// What Android's browsers and password managers call an app: SHA-256 of its signing certificate.
bool is_app_origin(const std::string& text) {
  constexpr std::string_view kPrefix = "android:apk-key-hash:";
  if (!text.starts_with(kPrefix)) return false;
  const auto hash = base64url_decode(std::string_view(text).substr(kPrefix.size()));
  return hash && hash->size() == Digest::kSize;
}

constexpr std::string_view kFlagValues = "true or false";

constexpr TenantSettingMember kMembers[] = {
    {"rp_name", SettingForm::kText, "1 to 256 bytes of UTF-8 without control characters",
     [](const Json& json, TenantSettings& s) {
       if (!json.is_string()) return false;
       const auto& text = json.get_ref<const std::string&>();
       if (text.empty() || text.size() > kMaxNameBytes || has_control_character(text)) return false;
       s.rp_name = text;
       return true;
     },
     [](const TenantSettings& s) { return Json(s.rp_name); }},
    {"origins", SettingForm::kList, "up to 64 origins of the form https://host[:port]",
     [](const Json& json, TenantSettings& s) {
       return read_texts(json, kMaxOrigins, is_canonical_origin, s.origins);
     },
     [](const TenantSettings& s) { return Json(s.origins); }},
    {"allow_subdomains", SettingForm::kFlag, kFlagValues,
     [](const Json& json, TenantSettings& s) { return read_flag(json, s.allow_subdomains); },
     [](const TenantSettings& s) { return Json(s.allow_subdomains); }},
    {"user_verification", SettingForm::kText, "required, preferred or discouraged",
     [](const Json& json, TenantSettings& s) {
       return read_word(json, kUserVerificationWords, s.user_verification);
     },
     [](const TenantSettings& s) {
       return write_word(kUserVerificationWords, s.user_verification);
     }},
    {"resident_key", SettingForm::kText, "required, preferred or discouraged",
     [](const Json& json, TenantSettings& s) {
       return read_one_of(json, {"required", "preferred", "discouraged"}, s.resident_key);
     },
     [](const TenantSettings& s) { return Json(s.resident_key); }},
    {"attestation", SettingForm::kText, "none, indirect, direct or enterprise",
     [](const Json& json, TenantSettings& s) {
       return read_word(json, kAttestationWords, s.attestation);
     },
     [](const TenantSettings& s) { return write_word(kAttestationWords, s.attestation); }},
    {"algorithms", SettingForm::kList,
     "COSE algorithms by name (ES256, EdDSA, RS256, ES384, ES512, ES256K, ESP256, ESP384, ESP512, "
     "Ed25519, Ed448, RS384, RS512, PS256, PS384, PS512, ML-DSA-44, ML-DSA-65, ML-DSA-87) in order "
     "of preference, or nothing for the default",
     [](const Json& json, TenantSettings& s) { return read_algorithms(json, s.algorithms); },
     [](const TenantSettings& s) { return write_algorithms(s.algorithms); }},
    {"counter_policy", SettingForm::kText, "flag, ignore or refuse",
     [](const Json& json, TenantSettings& s) {
       return read_word(json, kCounterWords, s.counter_policy);
     },
     [](const TenantSettings& s) { return write_word(kCounterWords, s.counter_policy); }},
    {"max_credentials_per_user", SettingForm::kNumber, "a number from 1 to 64",
     [](const Json& json, TenantSettings& s) {
       return read_number(json, 1, 64, s.max_credentials_per_user);
     },
     [](const TenantSettings& s) { return Json(s.max_credentials_per_user); }},
    {"proof_forwarding", SettingForm::kFlag, kFlagValues,
     [](const Json& json, TenantSettings& s) { return read_flag(json, s.proof_forwarding); },
     [](const TenantSettings& s) { return Json(s.proof_forwarding); }},
    {"cross_device", SettingForm::kText, "code or off",
     [](const Json& json, TenantSettings& s) {
       return read_one_of(json, {"code", "off"}, s.cross_device);
     },
     [](const TenantSettings& s) { return Json(s.cross_device); }},
    {"verify_by_session_token", SettingForm::kFlag, kFlagValues,
     [](const Json& json, TenantSettings& s) { return read_flag(json, s.verify_by_session_token); },
     [](const TenantSettings& s) { return Json(s.verify_by_session_token); }},
    {"require_origin", SettingForm::kFlag, kFlagValues,
     [](const Json& json, TenantSettings& s) { return read_flag(json, s.require_origin); },
     [](const TenantSettings& s) { return Json(s.require_origin); }},
    {"authenticator_timeout_ms", SettingForm::kNumber, "milliseconds from 15000 to 600000",
     [](const Json& json, TenantSettings& s) {
       return read_number(json, 15'000, 600'000, s.authenticator_timeout_ms);
     },
     [](const TenantSettings& s) { return Json(s.authenticator_timeout_ms); }},
    {"allow_cross_origin", SettingForm::kFlag, kFlagValues,
     [](const Json& json, TenantSettings& s) { return read_flag(json, s.allow_cross_origin); },
     [](const TenantSettings& s) { return Json(s.allow_cross_origin); }},
    {"top_origins", SettingForm::kList, "up to 64 origins of the form https://host[:port]",
     [](const Json& json, TenantSettings& s) {
       return read_texts(json, kMaxOrigins, is_canonical_origin, s.top_origins);
     },
     [](const TenantSettings& s) { return Json(s.top_origins); }},
    {"attestation_trust", SettingForm::kText, "none, aaguids, anchors or metadata",
     [](const Json& json, TenantSettings& s) {
       return read_word(json, kTrustWords, s.attestation_trust);
     },
     [](const TenantSettings& s) { return write_word(kTrustWords, s.attestation_trust); }},
    {"aaguids", SettingForm::kList, "up to 64 AAGUIDs such as 08987058-cadc-4b81-b6e1-30de50dcbe96",
     [](const Json& json, TenantSettings& s) { return read_aaguids(json, s.aaguids); },
     [](const TenantSettings& s) { return write_aaguids(s.aaguids); }},
    {"legacy_attestation", SettingForm::kList,
     "android-safetynet, tpm-rs1 and u2f-aaguid, or nothing",
     [](const Json& json, TenantSettings& s) { return read_legacy(json, s.legacy_attestation); },
     [](const TenantSettings& s) { return write_legacy(s.legacy_attestation); }},
    {"synced_passkeys", SettingForm::kFlag, kFlagValues,
     [](const Json& json, TenantSettings& s) { return read_flag(json, s.synced_passkeys); },
     [](const TenantSettings& s) { return Json(s.synced_passkeys); }},
    {"hints", SettingForm::kList, "security-key, client-device and hybrid in order of preference",
     [](const Json& json, TenantSettings& s) {
       return read_texts(json, kMaxHints, is_hint, s.hints);
     },
     [](const TenantSettings& s) { return Json(s.hints); }},
    {"related_origins", SettingForm::kList, "up to 64 origins of the form https://host[:port]",
     [](const Json& json, TenantSettings& s) {
       return read_texts(json, kMaxOrigins, is_canonical_origin, s.related_origins);
     },
     [](const TenantSettings& s) { return Json(s.related_origins); }},
    {"app_origins", SettingForm::kList,
     "up to 64 native apps as android:apk-key-hash: and the SHA-256 of their signing certificate "
     "in base64url",
     [](const Json& json, TenantSettings& s) {
       return read_texts(json, kMaxOrigins, is_app_origin, s.app_origins);
     },
     [](const TenantSettings& s) { return Json(s.app_origins); }},
    {"signal", SettingForm::kFlag, kFlagValues,
     [](const Json& json, TenantSettings& s) { return read_flag(json, s.signal); },
     [](const TenantSettings& s) { return Json(s.signal); }},
};

}  // namespace

std::span<const TenantSettingMember> tenant_setting_members() { return kMembers; }

}  // namespace masterkey2
