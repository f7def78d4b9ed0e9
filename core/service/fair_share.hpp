// Who takes turns with whom when requests have to wait.
#pragma once

#include <string>
#include <string_view>

#include "service/services.hpp"

namespace masterkey2 {

/// The name of the line in which a request waits: its tenant's by a genuine token (an expired or
/// revoked one does, too), else that of the client's address (/64 for IPv6). Many tokens of one
/// tenant, and all that an address makes up, so have one turn. Reads no storage; any thread.
/// `token`: text from outside, of any form and size; empty if there is none.
[[nodiscard]] std::string fair_share(const Services& services, std::string_view token,
                                     std::string_view address);

}  // namespace masterkey2
