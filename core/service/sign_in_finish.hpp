// What every sign-in ends with: an assertion, verified and committed.
#pragma once

#include <optional>

#include "service/access.hpp"
#include "service/account_signal.hpp"
#include "webauthn/authentication.hpp"

namespace masterkey2 {

/// An assertion on its way in. Borrowed for the call.
struct SigningIn {
  const TokenEnvelope& session;  ///< of the session token that the ceremony ran under
  std::uint64_t epoch = 0;       ///< that the caller's token was sealed under
  const CeremonyClaims& ceremony;
  const webauthn::AuthenticationResponse& response;
};

struct FinishedSignIn {
  UserAccount user;
  TokenId id;         ///< the ceremony's
  UnixMillis at = 0;  ///< when it was committed
  std::optional<AccountSignal> signal;
};

/// One read and one commit. By the ceremony's channel the sign-in can be taken from now on, or has
/// to be confirmed first. credential_not_found looks the same for credentials that are unknown, of
/// another tenant, of another user than the named one, or deleted. verification_failed,
/// ceremony_used, origin_not_allowed; user_disabled only after a good signature;
/// cross_device_expired where the tenant has ended that channel.
[[nodiscard]] ApiResult<FinishedSignIn> finish_sign_in(Services& services,
                                                       const SigningIn& signing_in,
                                                       const Call& call);

/// The token that stands for a sign-in of `issued_at`.
[[nodiscard]] std::string seal_auth_token(Services& services, const TenantId& tenant,
                                          const TokenId& sign_in, UnixMillis issued_at,
                                          const std::optional<Digest>& binding,
                                          std::uint64_t epoch);

}  // namespace masterkey2
