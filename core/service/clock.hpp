// The time of day, as the services see it.
#pragma once

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Replaced in tests. Thread-safe.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual UnixMillis now() const = 0;
};

[[nodiscard]] const Clock& system_clock();

}  // namespace masterkey2
