// The route table: method, path, credential, handler.
#pragma once

#include <vector>

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

/// `services` must outlive the routes.
[[nodiscard]] std::vector<Route> make_routes(Services& services);

}  // namespace masterkey2
