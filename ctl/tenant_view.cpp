#include "ctl/tenant_view.hpp"

#include "ctl/key_view.hpp"
#include "ctl/text_columns.hpp"
#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "service/tenant_service.hpp"
#include "token/key_ring.hpp"

namespace masterkey2::ctl {
namespace {

std::string_view state_word(SigningKeyState state) {
  switch (state) {
    case SigningKeyState::kPending:
      return "pending";
    case SigningKeyState::kActive:
      return "active";
    case SigningKeyState::kRetired:
      return "retired";
  }
  return "";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// The stored settings as they are; an error text where they cannot be read.
Json settings_json(const Tenant& tenant) {
  const auto settings = decode_tenant_settings(tenant.settings);
  if (!settings) return {{"error", settings.error()}};
  auto json = parse_json(as_text(encode_tenant_settings(*settings)));
  return json ? std::move(*json) : Json();
}

std::string setting_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "(default)";
  if (!value.is_array()) return value.dump();
  std::vector<std::string> words;
  for (const Json& item : value) words.push_back(setting_text(item));
  return words.empty() ? "(none)" : joined(words);
}

}  // namespace

Json tenant_json(const Tenant& tenant, const std::vector<ApiKey>& keys) {
  Json signing_keys = Json::array();
  for (const SigningKey& key : tenant.signing_keys) {
    signing_keys.push_back({{"id", key.id},
                            {"state", state_word(key.state)},
                            {"created_at", rfc3339_text(key.created_at)},
                            {"wrapped_by", ring_key_id_text(key.wrapped_by)}});
  }
  Json api_keys = Json::array();
  for (const ApiKey& key : keys) api_keys.push_back(key_json(key));
  return {{"id", tenant_id_text(tenant.id)},
          {"name", tenant.name},
          {"rp_id", tenant.rp_id},
          {"enabled", tenant.enabled},
          {"generation", tenant.generation},
          {"created_at", rfc3339_text(tenant.created_at)},
          {"settings", settings_json(tenant)},
          {"signing_keys", std::move(signing_keys)},
          {"api_keys", std::move(api_keys)}};
}

std::string tenant_text(const Tenant& tenant, const std::vector<ApiKey>& keys) {
  std::vector<std::vector<std::string>> rows = {{"id", tenant_id_text(tenant.id)},
                                                {"name", tenant.name},
                                                {"rp_id", tenant.rp_id},
                                                {"enabled", tenant.enabled ? "yes" : "no"},
                                                {"created", rfc3339_text(tenant.created_at)}};
  for (const SigningKey& key : tenant.signing_keys) {
    rows.push_back({"signing key", key.id + " (" + std::string(state_word(key.state)) +
                                       ", wrapped by " + ring_key_id_text(key.wrapped_by) + ")"});
  }
  for (const ApiKey& key : keys) {
    rows.push_back(
        {"API key", key.prefix + "… " + key.name + " (" + scopes_text(key.scopes) + ")"});
  }
  std::string text = text_columns(rows);
  rows.clear();
  const Json settings = settings_json(tenant);
  for (const auto& [name, value] : settings.items()) {
    rows.push_back({name, setting_text(value)});
  }
  return text + "settings\n" + text_columns(rows, 2);
}

}  // namespace masterkey2::ctl
