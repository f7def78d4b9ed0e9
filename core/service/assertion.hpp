// Assertions: what verify-auth lets a site's other servers check for themselves (RFC 7519).
#pragma once

#include <optional>
#include <string>

#include "encoding/json.hpp"
#include "masterkey2/sign_in.hpp"
#include "masterkey2/user_account.hpp"
#include "service/tenant_cache.hpp"

namespace masterkey2 {

struct AssertionRequest {
  const TenantSnapshot& tenant;  ///< with a signing key
  const std::string& base_url;   ///< `iss`
  const SignIn& sign_in;
  const UserAccount& user;
  TokenId id;  ///< `jti`
  std::optional<std::string> nonce;
  UnixMillis now = 0;
};

/// A JWT signed by ES256 that lives 60 seconds.
[[nodiscard]] std::string make_assertion(const AssertionRequest& request);

/// `direct` or `cross_device`.
[[nodiscard]] std::string_view channel_word(Channel channel);

/// Flags of the authenticator data (L3 §6.1).
[[nodiscard]] bool user_verified(const SignIn& sign_in);
[[nodiscard]] bool backup_eligible(const SignIn& sign_in);
[[nodiscard]] bool backup_state(const SignIn& sign_in);

/// The public keys of a tenant's assertions as a JWK Set (RFC 7517): pending and active ones.
[[nodiscard]] Json key_set(const Tenant& tenant);

}  // namespace masterkey2
