// User tokens: for one user, one registration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "service/access.hpp"
#include "service/issued_token.hpp"

namespace masterkey2 {

struct UserTokenRequest {
  std::string external_id;
  std::optional<std::string> display_name;
  std::optional<std::string> username;
  std::optional<std::int64_t> ttl;  ///< seconds, 10–600; 300 unless given
};

/// Creates the user if new and updates names that changed. user_disabled.
[[nodiscard]] ApiResult<IssuedToken> issue_user_token(Services& services,
                                                      const ApiKeyAccess& access,
                                                      const UserTokenRequest& request,
                                                      const Call& call);

}  // namespace masterkey2
