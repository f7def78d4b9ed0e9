// Which pages may use a tenant's calls.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/tenant_settings.hpp"

namespace masterkey2 {

/// One of the tenant's origins or of its related ones, byte by byte; with `allow_subdomains` also
/// the same scheme and port on a name below one of its hosts.
[[nodiscard]] bool origin_is_allowed(const TenantSettings& settings, std::string_view origin);

/// The same for the header of a request; without one it depends on `require_origin`.
[[nodiscard]] bool origin_is_allowed(const TenantSettings& settings,
                                     std::optional<std::string_view> origin);

/// What stands before the path of a URL with a scheme.
[[nodiscard]] std::string_view origin_of_url(std::string_view url);

}  // namespace masterkey2
