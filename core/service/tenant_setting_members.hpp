// The members of a tenant's settings, one row each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "encoding/json.hpp"
#include "service/tenant_settings.hpp"

namespace masterkey2 {

/// How an operator's text becomes JSON.
enum class SettingForm : std::uint8_t { kText, kFlag, kNumber, kList };

/// One member: its name, what it takes, and the way between struct and JSON. `read` changes nothing
/// when it answers false.
struct TenantSettingMember {
  std::string_view name;
  SettingForm form;
  std::string_view allowed;
  bool (*read)(const Json& json, TenantSettings& settings);
  Json (*write)(const TenantSettings& settings);
};

/// In the order of TenantSettings.
[[nodiscard]] std::span<const TenantSettingMember> tenant_setting_members();

}  // namespace masterkey2
