#include "fcgi/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "fcgi/unique_fd.hpp"

namespace masterkey2 {
namespace {

/// A positive whole number.
std::optional<std::int64_t> number_in_environment(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  const std::string_view text(value);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

void notify_service_manager(std::string_view state) {
  const char* const name = std::getenv("NOTIFY_SOCKET");
  if (name == nullptr) return;
  const std::string_view path(name);
  sockaddr_un address{};
  // A path, or behind `@` a name without one.
  if (path.size() < 2 || path.size() >= sizeof address.sun_path ||
      (path[0] != '/' && path[0] != '@')) {
    return;
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';
  const UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
         reinterpret_cast<const sockaddr*>(&address), size);
}

std::optional<std::chrono::microseconds> service_manager_patience() {
  const auto patience = number_in_environment("WATCHDOG_USEC");
  if (!patience) return std::nullopt;
  // It may be meant for the process that started us.
  if (std::getenv("WATCHDOG_PID") != nullptr &&
      number_in_environment("WATCHDOG_PID") != std::int64_t{getpid()}) {
    return std::nullopt;
  }
  constexpr std::chrono::microseconds kLeast = std::chrono::milliseconds(10);
  constexpr std::chrono::microseconds kMost = std::chrono::hours(24);
  return std::clamp(std::chrono::microseconds(*patience), kLeast, kMost);
}

}  // namespace masterkey2
