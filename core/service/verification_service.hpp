// verify-auth: a site's server asks who signed in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/access.hpp"

namespace masterkey2 {

struct VerifyAuth {
  std::string token;                           ///< an auth token, or the session token of the page
  std::optional<std::string> nonce;            ///< 1–256 B: goes into the assertion
  std::optional<std::string> binding;          ///< what the session token was bound to
  std::optional<std::string> idempotency_key;  ///< header, 1–255 visible ASCII characters
  std::string_view body;                       ///< as sent: what an Idempotency-Key is bound to
};

struct VerifiedAuth {
  SignIn sign_in;  ///< `proof` only while the tenant forwards proofs
  UserAccount user;
  std::string assertion;
};

/// Either somebody signed in, or the word that says why there is nothing to verify: `no_sign_in`,
/// `user_not_found`, `user_disabled`.
struct Verdict {
  std::optional<VerifiedAuth> verified;
  std::string_view code;
};

/// One take: of all calls for one sign-in one says true. already_verified, auth_ambiguous,
/// idempotency_conflict; invalid_token, token_expired, token_revoked, wrong_token_type for the
/// token in the body.
[[nodiscard]] ApiResult<Verdict> verify_auth(Services& services, const ApiKeyAccess& access,
                                             const VerifyAuth& request, const Call& call);

}  // namespace masterkey2
