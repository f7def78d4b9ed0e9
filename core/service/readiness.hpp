// Whether this process can do its work now.
#pragma once

#include <string>
#include <vector>

#include "service/services.hpp"

namespace masterkey2 {

/// Asks storage. Empty: ready. Otherwise one sentence for each reason, for operators only.
[[nodiscard]] std::vector<std::string> reasons_not_ready(Services& services);

/// What an operator should mend though this process can do its work: one sentence each. Asks
/// nothing.
[[nodiscard]] std::vector<std::string> readiness_warnings(const Services& services);

}  // namespace masterkey2
