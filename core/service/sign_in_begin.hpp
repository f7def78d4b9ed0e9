// What every sign-in begins with, on the page itself or by another device.
#pragma once

#include <vector>

#include "service/access.hpp"

namespace masterkey2 {

/// What a sign-in under a session token may rest on.
struct SignInBasis {
  TenantPointer tenant;
  std::vector<CredentialRecord> allowed;  ///< of the user that the token names; else empty
};

/// The tenant as begin may know it (I4), and the passkeys of a named user. token_expired,
/// token_revoked, invalid_token, user_not_found, credential_not_found.
[[nodiscard]] ApiResult<SignInBasis> read_sign_in_basis(Services& services,
                                                        const OpenedToken<SessionClaims>& token);

/// What the session token says goes into the ceremony: user, binding, and a challenge made for the
/// site's nonce.
void apply_session(const SessionClaims& session, CeremonyClaims& ceremony);

}  // namespace masterkey2
