// How often a campaign repeats its experiment.
#pragma once

#include <cstdlib>
#include <string>

namespace masterkey2::testing {

/// The environment's number, for longer and shorter runs; `usual` if it is not set.
inline unsigned rounds(const char* variable, unsigned usual) {
  const char* text = std::getenv(variable);
  return text == nullptr ? usual : static_cast<unsigned>(std::stoul(text));
}

}  // namespace masterkey2::testing
