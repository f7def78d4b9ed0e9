// Included in front of every source of a build with mutants: which of them is on.
#pragma once

#include <cstdlib>

namespace mutation {

inline const int chosen = [] {
  const char* const number = std::getenv("MK2_MUTANT");
  return number == nullptr ? 0 : std::atoi(number);
}();

inline bool on(int number) { return number == chosen; }

}  // namespace mutation
