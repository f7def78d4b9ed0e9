// Session tokens: what a login page carries.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/access.hpp"
#include "service/issued_token.hpp"

namespace masterkey2 {

struct SessionTokenRequest {
  std::optional<std::string> external_id;  ///< a named sign-in
  std::optional<Bytes> challenge_nonce;    ///< 16–64 B
  std::optional<std::string> binding;      ///< 1–256 B
};

/// Writes nothing. user_not_found if it names nobody.
[[nodiscard]] ApiResult<IssuedToken> issue_session_token(Services& services,
                                                         const ApiKeyAccess& access,
                                                         const SessionTokenRequest& request);

/// Success also for a token that was revoked before or has expired: then nothing is written.
[[nodiscard]] ApiResult<void> revoke_session_token(Services& services, std::string_view token,
                                                   Call& call);

}  // namespace masterkey2
