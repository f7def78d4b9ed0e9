// Tells the service manager how we are (sd_notify's protocol).
#pragma once

#include <string_view>

namespace masterkey2 {

/// Sends `state` (such as `READY=1`) as one datagram to $NOTIFY_SOCKET; nothing happens where that
/// is not set. Never blocks for long and never fails loudly: readiness must not stop the service.
void notify_service_manager(std::string_view state);

}  // namespace masterkey2
