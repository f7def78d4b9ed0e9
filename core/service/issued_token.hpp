// A token that was just made.
#pragma once

#include <cstdint>
#include <string>

namespace masterkey2 {

struct IssuedToken {
  std::string text;
  std::int64_t expires_in = 0;  ///< seconds
};

}  // namespace masterkey2
