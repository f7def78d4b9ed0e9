// Changing the ES256 key that signs a tenant's assertions: add → activate → retire (operators).
#pragma once

#include <string>
#include <string_view>

#include "service/operator_service.hpp"
#include "token/key_ring.hpp"

namespace masterkey2 {

/// A key is in the key set for this long before it signs, so that nobody meets one that is not in
/// the set that he keeps.
inline constexpr UnixMillis kKeySetHeadStart = 600'000;
/// A key signs no more for this long before it leaves the key set: assertions live a minute.
inline constexpr UnixMillis kAssertionsExpire = 120'000;

/// Each answers the tenant as it is now. Errors are one sentence. `tenant`: as it was read last.

/// A pending key, in the key set from now on. At most 8 keys.
[[nodiscard]] Result<Tenant, std::string> add_signing_key(OperatorSession& session,
                                                          const Tenant& tenant, const KeyRing& ring,
                                                          RandomSource& random, UnixMillis now);

/// The pending key `id` signs as soon as it has been in the key set for kKeySetHeadStart.
[[nodiscard]] Result<Tenant, std::string> activate_signing_key(OperatorSession& session,
                                                               const Tenant& tenant,
                                                               std::string_view id, UnixMillis now);

/// Removes key `id`, its private half with it. Refused while assertions that it signed may live, or
/// if no other key signs.
[[nodiscard]] Result<Tenant, std::string> retire_signing_key(OperatorSession& session,
                                                             const Tenant& tenant,
                                                             std::string_view id, UnixMillis now);

}  // namespace masterkey2
