#include "config/base_url.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxSize = 512;

bool is_lower_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string_view address = host.substr(1, host.size() - 2);
    return address.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  return !host.empty() && host.size() <= 253 && is_lower_alphanumeric(host.front()) &&
         host.find("..") == std::string_view::npos && host.back() != '.' &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return is_lower_alphanumeric(c) || c == '-' || c == '.'; });
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" ||
         host == "[::1]";
}

bool is_path(std::string_view path) {
  if (path.empty()) return true;
  if (path.back() == '/' || path.find("//") != std::string_view::npos) return false;
  if (path.find("/.") != std::string_view::npos) return false;
  return std::all_of(path.begin(), path.end(), [](char c) {
    return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' ||
           c == '~' || c == '/';
  });
}

}  // namespace

Result<BaseUrl, std::string> parse_base_url(std::string_view text) {
  const std::string quoted = "\"" + std::string(text.substr(0, 128)) + "\"";
  if (text.size() > kMaxSize) return quoted + "... is longer than 512 bytes";
  const bool https = text.starts_with("https://");
  if (!https && !text.starts_with("http://")) return quoted + " does not begin with https://";
  const std::string_view scheme = https ? "https://" : "http://";
  const std::string_view rest = text.substr(scheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash);

  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (!is_host(host)) return quoted + " has no host name in lower case";
  if (colon != std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0 ||
        digits.front() == '0') {
      return quoted + " has no port from 1 to 65535 after the colon";
    }
    if (port == (https ? 443 : 80)) return quoted + " names the default port; leave it out";
  }
  if (!https && !is_loopback(host)) {
    return quoted + " is http; passkeys need https everywhere but on localhost";
  }
  if (!is_path(path)) {
    return quoted +
           " has a path with a trailing slash, an empty or dot segment, or a character "
           "other than letters, digits and -._~";
  }
  return BaseUrl{.origin = std::string(scheme) + std::string(authority), .path = std::string(path)};
}

}  // namespace masterkey2
