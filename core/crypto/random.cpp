#include "crypto/random.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>

namespace masterkey2 {
namespace {

class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override {
    constexpr std::size_t kMostAtOnce = 1 << 20;
    while (!out.empty()) {
      const std::size_t count = std::min(out.size(), kMostAtOnce);
      if (RAND_bytes(out.data(), static_cast<int>(count)) != 1) std::abort();
      out = out.subspan(count);
    }
  }
};

}  // namespace

RandomSource& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace masterkey2
