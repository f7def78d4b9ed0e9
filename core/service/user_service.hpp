// Users, as a site's server manages them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/access.hpp"

namespace masterkey2 {

struct UserList {
  std::vector<UserAccount> users;  ///< in the byte order of external ids
  std::string next_cursor;         ///< empty at the end
};

/// `limit` 1–200, 50 unless given; `cursor` as the list before it answered. invalid_request.
[[nodiscard]] ApiResult<UserList> list_users(Services& services, const ApiKeyAccess& access,
                                             std::optional<std::uint32_t> limit,
                                             const std::optional<std::string>& cursor);

/// invalid_external_id, user_not_found.
[[nodiscard]] ApiResult<UserView> find_user(Services& services, const ApiKeyAccess& access,
                                            std::string_view external_id, bool with_credentials);

/// The user as it is now; success also when it was so before.
[[nodiscard]] ApiResult<UserAccount> set_user_enabled(Services& services,
                                                      const ApiKeyAccess& access,
                                                      std::string_view external_id, bool enabled,
                                                      const Call& call);

/// With all passkeys.
[[nodiscard]] ApiResult<void> erase_user(Services& services, const ApiKeyAccess& access,
                                         std::string_view external_id, const Call& call);

}  // namespace masterkey2
