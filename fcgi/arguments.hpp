// The command line of masterkey2-fcgi.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "masterkey2/result.hpp"

namespace masterkey2 {

struct Arguments {
  std::string config = "/etc/masterkey2/masterkey2.yaml";
  std::string listen;  ///< empty: inherited fd 0, else the configuration's
  bool check = false;  ///< read the configuration, open the storage, say what is wrong, exit
  bool help = false;
  bool version = false;
};

/// The error is one sentence. Options take their value behind a blank or `=`.
[[nodiscard]] Result<Arguments, std::string> parse_arguments(
    std::span<const std::string_view> words);

[[nodiscard]] std::string_view usage_text();

}  // namespace masterkey2
