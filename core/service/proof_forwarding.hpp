// POST /proof-forwarding: whether verify-auth hands out the raw proof of a sign-in.
#pragma once

#include "service/access.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<void> set_proof_forwarding(Services& services, const ApiKeyAccess& access,
                                                   bool enabled, const Call& call);

}  // namespace masterkey2
