// GET /metrics.
#pragma once

#include "fcgi/metrics.hpp"
#include "fcgi/router.hpp"

namespace masterkey2 {

/// For operators; there is nothing here for everybody else, and for nobody without `metrics`.
[[nodiscard]] ApiResult<HttpResponse> get_metrics(const Metrics* metrics,
                                                  const RouteRequest& request);

}  // namespace masterkey2
