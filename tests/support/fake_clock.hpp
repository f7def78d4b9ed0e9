// A clock that moves when the test says so.
#pragma once

#include <atomic>

#include "service/clock.hpp"

namespace masterkey2::testing {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(UnixMillis now = 1'800'000'000'000) : now_(now) {}
  [[nodiscard]] UnixMillis now() const override { return now_; }
  void advance(UnixMillis by) { now_ += by; }
  void set(UnixMillis now) { now_ = now; }

 private:
  std::atomic<UnixMillis> now_;
};

}  // namespace masterkey2::testing
