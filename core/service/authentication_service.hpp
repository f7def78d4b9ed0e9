// Authentication ceremonies: from a session token to an auth token.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "encoding/json.hpp"
#include "service/access.hpp"
#include "service/account_signal.hpp"
#include "service/issued_token.hpp"

namespace masterkey2 {

struct BegunAuthentication {
  std::string ceremony;
  std::string public_key;  ///< PublicKeyCredentialRequestOptionsJSON
  std::string rp_id;
  std::string rp_name;
  bool cross_device = false;  ///< the tenant offers it
  std::int64_t expires_in = 0;
};

struct FinishAuthentication {
  std::string ceremony;
  Json credential;  ///< AuthenticationResponseJSON
};

struct FinishedAuthentication {
  UserAccount user;
  IssuedToken auth_token;
  std::optional<AccountSignal> signal;
};

/// Writes nothing. token_expired, token_revoked, origin_not_allowed; for a named sign-in
/// user_not_found, and credential_not_found if the user has no passkey.
[[nodiscard]] ApiResult<BegunAuthentication> begin_authentication(
    Services& services, const OpenedToken<SessionClaims>& token, const Call& call);

/// One read and one commit. credential_not_found looks the same for credentials that are unknown,
/// of another tenant, of another user than the named one, or deleted. verification_failed,
/// ceremony_used, ceremony_expired; user_disabled only after a good signature.
[[nodiscard]] ApiResult<FinishedAuthentication> finish_authentication(
    Services& services, const OpenedToken<SessionClaims>& token,
    const FinishAuthentication& request, const Call& call);

}  // namespace masterkey2
