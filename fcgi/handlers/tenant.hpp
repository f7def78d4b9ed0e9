// GET /tenant, POST /proof-forwarding and POST /rotate-key.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> get_tenant(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_proof_forwarding(Services& services,
                                                            RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_rotate_key(Services& services, RouteRequest& request);

}  // namespace masterkey2
