#include "crypto/random.hpp"

#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>

#include "crypto/wipe.hpp"

namespace masterkey2 {
namespace {

void draw(std::span<std::uint8_t> out) {
  constexpr std::size_t kMostAtOnce = 1 << 20;
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), kMostAtOnce);
    if (RAND_bytes(out.data(), static_cast<int>(count)) != 1) std::abort();
    out = out.subspan(count);
  }
}

/// How many forks lie between this process and the first one.
std::atomic<std::uint64_t>& forks() {
  static std::atomic<std::uint64_t> count = 0;
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { count.fetch_add(1, std::memory_order_relaxed); });
  if (registered != 0) std::abort();
  return count;
}

/// What one thread has drawn ahead: RAND_bytes costs the same for 16 bytes as for all of it. What
/// is given away is wiped, and a forked child gives away nothing that its parent has drawn.
class DrawnAhead {
 public:
  static constexpr std::size_t kMostAtOnce = 64;

  DrawnAhead() = default;
  DrawnAhead(const DrawnAhead&) = delete;
  DrawnAhead& operator=(const DrawnAhead&) = delete;
  ~DrawnAhead() { wipe(bytes_); }

  /// `out`: at most kMostAtOnce bytes.
  void give(std::span<std::uint8_t> out) {
    const std::uint64_t now = forks().load(std::memory_order_relaxed);
    if (left_ < out.size() || forks_ != now) {
      draw(bytes_);
      left_ = bytes_.size();
      forks_ = now;
    }
    const auto given = std::span(bytes_).subspan(left_ - out.size(), out.size());
    std::copy(given.begin(), given.end(), out.begin());
    wipe(given);
    left_ -= out.size();
  }

 private:
  std::array<std::uint8_t, 512> bytes_{};
  std::size_t left_ = 0;  ///< the first ones
  std::uint64_t forks_ = 0;
};

class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override {
    thread_local DrawnAhead ahead;
    if (out.size() > DrawnAhead::kMostAtOnce) return draw(out);
    ahead.give(out);
  }
};

}  // namespace

RandomSource& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace masterkey2
