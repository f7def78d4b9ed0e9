#include "config/listen_address.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <charconv>

namespace masterkey2 {
namespace {

constexpr std::string_view kForms =
    "write unix:/path, 127.0.0.1:port, [::1]:port or localhost:port";

bool is_address(int family, const std::string& host) {
  in6_addr buffer{};
  return inet_pton(family, host.c_str(), &buffer) == 1;
}

}  // namespace

Result<ListenAddress, std::string> parse_listen_address(std::string_view text) {
  const std::string quoted = "\"" + std::string(text.substr(0, 128)) + "\"";
  ListenAddress address;
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) {
    address.path = text.substr(kUnix.size());
    if (!address.path.starts_with('/') || address.path.ends_with('/') ||
        address.path.find('\0') != std::string::npos) {
      return quoted + " needs an absolute path after unix:";
    }
    if (address.path.size() >= sizeof(sockaddr_un::sun_path)) {
      return quoted + " is longer than the 107 bytes that a unix socket's path may have";
    }
    return address;
  }

  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return quoted + " has no port; " + std::string(kForms);
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size()) {
    return quoted + " has no port from 0 to 65535; " + std::string(kForms);
  }
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  address.host = host;
  const bool good = bracketed ? is_address(AF_INET6, address.host)
                              : address.host == "localhost" || is_address(AF_INET, address.host);
  if (!good) return quoted + " names no address to listen on; " + std::string(kForms);
  return address;
}

}  // namespace masterkey2
