// Where a FastCGI socket listens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "masterkey2/result.hpp"

namespace masterkey2 {

/// A unix socket if `path` is not empty, else TCP.
struct ListenAddress {
  std::string path;
  std::string host;  ///< an IPv4 or IPv6 address, or `localhost`; without brackets
  std::uint16_t port = 0;

  [[nodiscard]] bool is_unix() const { return !path.empty(); }
  bool operator==(const ListenAddress&) const = default;
};

/// `unix:/absolute/path` (≤ 107 bytes), `127.0.0.1:9000`, `[::1]:9000`, `localhost:9000`; port 0
/// takes a free one. The error is one sentence.
[[nodiscard]] Result<ListenAddress, std::string> parse_listen_address(std::string_view text);

}  // namespace masterkey2
