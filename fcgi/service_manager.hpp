// Tells the service manager how we are (sd_notify's protocol).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace masterkey2 {

/// Sends `state` (such as `READY=1`) as one datagram to $NOTIFY_SOCKET; nothing happens where that
/// is not set. Never blocks for long and never fails loudly: readiness must not stop the service.
void notify_service_manager(std::string_view state);

/// The time after which the service manager replaces a process of ours that has not said
/// `WATCHDOG=1` ($WATCHDOG_USEC, if $WATCHDOG_PID is us or not set). From 10 ms to a
/// day. Absent: nobody waits for it.
[[nodiscard]] std::optional<std::chrono::microseconds> service_manager_patience();

}  // namespace masterkey2
