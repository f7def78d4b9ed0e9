// The URL under which browsers and sites reach the server.
#pragma once

#include <string>
#include <string_view>

#include "masterkey2/result.hpp"

namespace masterkey2 {

struct BaseUrl {
  std::string origin;  ///< `https://host[:port]`
  std::string path;    ///< `/auth`, or empty: the prefix of every route
};

/// `https://host[:port][/path]`, or http on localhost and loopback addresses: lower case, no user,
/// query, fragment, default port or trailing slash. The error is one sentence.
[[nodiscard]] Result<BaseUrl, std::string> parse_base_url(std::string_view text);

}  // namespace masterkey2
