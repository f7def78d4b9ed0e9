#include "service/tenant_settings.hpp"

#include <algorithm>
#include <charconv>

#include "encoding/json.hpp"
#include "encoding/utf8.hpp"
#include "service/tenant_setting_members.hpp"
#include "webauthn/algorithm.hpp"

namespace masterkey2 {
namespace {

constexpr JsonLimits kLimits = {.max_bytes = 65'536, .max_depth = 8, .max_values = 4'096};

/// Absent if this process can do all that `settings` ask for.
std::optional<std::string> unavailable_algorithm(const TenantSettings& settings) {
  for (const std::int32_t id : settings.algorithms.value_or(std::vector<std::int32_t>())) {
    const webauthn::Algorithm& algorithm = *webauthn::find_algorithm(id);
    if (!is_available(algorithm)) {
      return "setting `algorithms` cannot have `" + std::string(algorithm.name) +
             "`: this computer's OpenSSL does not have it (3.5 is the first that does)";
    }
  }
  return std::nullopt;
}

/// The JSON that `text` stands for; null (which no reader but that of algorithms takes) if none.
Json json_from_text(SettingForm form, std::string_view text) {
  switch (form) {
    case SettingForm::kText:
      return is_utf8(text) ? Json(text) : Json();
    case SettingForm::kFlag:
      if (text == "true") return true;
      return text == "false" ? Json(false) : Json();
    case SettingForm::kNumber: {
      std::int64_t value = 0;
      const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      return error == std::errc() && rest == text.data() + text.size() ? Json(value) : Json();
    }
    case SettingForm::kList: {
      if (text.empty() || !is_utf8(text)) return Json();
      Json list = Json::array();
      for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        list.push_back(text.substr(begin, end - begin));
        begin = end + 1;
      }
      return list;
    }
  }
  return Json();
}

std::string refusal(const TenantSettingMember& member, std::string_view value) {
  return "setting `" + std::string(member.name) + "` cannot be `" + std::string(value) +
         "`: it takes " + std::string(member.allowed);
}

}  // namespace

std::vector<std::int32_t> TenantSettings::offered_algorithms() const {
  if (algorithms) {
    std::vector<std::int32_t> offered = *algorithms;
    offered.erase(std::remove_if(
                      offered.begin(), offered.end(),
                      [](std::int32_t id) { return !is_available(*webauthn::find_algorithm(id)); }),
                  offered.end());
    return offered;
  }
  if (proof_forwarding) return {webauthn::kEs256};
  return {webauthn::kEs256, webauthn::kEdDsa, webauthn::kRs256};
}

Bytes encode_tenant_settings(const TenantSettings& settings) {
  Json json = Json::object();
  for (const TenantSettingMember& member : tenant_setting_members())
    json[std::string(member.name)] = member.write(settings);
  return to_bytes(as_bytes(json.dump()));
}

Result<TenantSettings, std::string> decode_tenant_settings(ByteView bytes) {
  const auto json = parse_json(as_text(bytes), kLimits);
  if (!json || !json->is_object()) return std::string("the settings are not a JSON object");
  TenantSettings settings;
  for (const TenantSettingMember& member : tenant_setting_members()) {
    const auto value = json->find(std::string(member.name));
    if (value == json->end()) continue;
    if (!member.read(*value, settings)) return refusal(member, value->dump());
  }
  return settings;
}

std::vector<std::string_view> tenant_setting_names() {
  std::vector<std::string_view> names;
  for (const TenantSettingMember& member : tenant_setting_members()) names.push_back(member.name);
  return names;
}

Result<void, std::string> set_tenant_setting(TenantSettings& settings, std::string_view key,
                                             std::string_view value) {
  for (const TenantSettingMember& member : tenant_setting_members()) {
    if (member.name != key) continue;
    Json json = json_from_text(member.form, value);
    if (json.is_null() && !value.empty()) return refusal(member, value);
    if (member.form == SettingForm::kList && json.is_null() && key != "algorithms") {
      json = Json::array();
    }
    TenantSettings changed = settings;
    if (!member.read(json, changed)) return refusal(member, value);
    if (auto fault = unavailable_algorithm(changed); fault && key == "algorithms") return *fault;
    settings = std::move(changed);
    return {};
  }
  std::string names;
  for (const std::string_view name : tenant_setting_names()) {
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return "there is no setting `" + std::string(key) + "`: there are " + names;
}

}  // namespace masterkey2
