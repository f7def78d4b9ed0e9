// The route table: method, path, credential, handler.
#pragma once

#include <vector>

#include "fcgi/metrics.hpp"
#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

/// `services` and `metrics` (null: nobody counts) must outlive the routes.
[[nodiscard]] std::vector<Route> make_routes(Services& services, const Metrics* metrics = nullptr);

}  // namespace masterkey2
