// The ES256 keys that sign a tenant's assertions: made here, and unwrapped for use.
#pragma once

#include <optional>

#include "crypto/random.hpp"
#include "crypto/signing_key.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/tenant.hpp"
#include "token/key_ring.hpp"

namespace masterkey2 {

/// A fresh pair in state `state`, usable from `activates_at`; the private half wrapped by the
/// active key of `ring`, bound to `tenant` and the key's id (16 random bytes as base64url).
[[nodiscard]] SigningKey make_tenant_signing_key(const TenantId& tenant, SigningKeyState state,
                                                 UnixMillis activates_at, const KeyRing& ring,
                                                 RandomSource& random, UnixMillis now);

/// Absent if `ring` cannot open what wraps it, or if it belongs to another tenant or id.
[[nodiscard]] std::optional<EcSigningKey> open_tenant_signing_key(const TenantId& tenant,
                                                                  const SigningKey& key,
                                                                  const KeyRing& ring);

}  // namespace masterkey2
