// Registration ceremonies: from a user token to a stored passkey.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "encoding/json.hpp"
#include "service/access.hpp"

namespace masterkey2 {

struct BeginRegistration {
  std::string name;          ///< of the passkey, ≤ 256 B; may be empty
  bool conditional = false;  ///< `mediation` is `conditional`
};

struct BegunRegistration {
  std::string ceremony;
  std::string public_key;  ///< PublicKeyCredentialCreationOptionsJSON
  std::int64_t expires_in = 0;
};

struct FinishRegistration {
  std::string ceremony;
  Json credential;                  ///< RegistrationResponseJSON
  std::optional<std::string> name;  ///< instead of begin's
};

struct FinishedRegistration {
  UserAccount user;
  CredentialRecord credential;
};

/// Writes nothing. token_expired, user_not_found, user_disabled, origin_not_allowed,
/// credential_limit.
[[nodiscard]] ApiResult<BegunRegistration> begin_registration(Services& services,
                                                              const OpenedToken<UserClaims>& token,
                                                              const BeginRegistration& request,
                                                              const Call& call);

/// One read and one commit. Of all finishes under one user token one succeeds: ceremony_used for
/// the same ceremony again, token_used for another. verification_failed, credential_exists,
/// credential_limit, user_not_found, user_disabled; token_revoked if the token's API key is dead.
[[nodiscard]] ApiResult<FinishedRegistration> finish_registration(
    Services& services, const OpenedToken<UserClaims>& token, const FinishRegistration& request,
    const Call& call);

}  // namespace masterkey2
