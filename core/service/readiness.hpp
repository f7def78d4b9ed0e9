// Whether this process can do its work now.
#pragma once

#include <string>
#include <vector>

#include "service/services.hpp"

namespace masterkey2 {

/// Asks storage. Empty: ready. Otherwise one sentence for each reason, for operators only.
[[nodiscard]] std::vector<std::string> reasons_not_ready(Services& services);

}  // namespace masterkey2
