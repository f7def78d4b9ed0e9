// GET /.well-known/webauthn and /.well-known/webauthn/{tenant_id}: Related Origin Requests (L3
// §5.11).
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

/// For the RP ID that is the host of base_url. Host decides nothing but that another host is
/// not_found.
[[nodiscard]] ApiResult<HttpResponse> get_host_related_origins(Services& services,
                                                               RouteRequest& request);

/// For every other RP ID: its own web server redirects browsers here, or hands the request on.
[[nodiscard]] ApiResult<HttpResponse> get_related_origins(Services& services,
                                                          RouteRequest& request);

}  // namespace masterkey2
