// The limits that a request meets before its handler.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

/// rate_limited, by the address of the client (operators apart) and by the token; by the key for
/// calls from servers, of which many users may depend on one address.
[[nodiscard]] ApiResult<void> admit_request(Services& services, RouteCredential credential,
                                            const RouteRequest& request);

}  // namespace masterkey2
