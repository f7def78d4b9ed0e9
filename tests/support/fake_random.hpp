// Random bytes that repeat from run to run: a counter through a mixing function.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/random.hpp"

namespace masterkey2::testing {

class FakeRandom final : public RandomSource {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = next();
  }

 private:
  /// splitmix64, one byte of each step.
  std::uint8_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return static_cast<std::uint8_t>(z >> 56);
  }
  std::uint64_t state_;
};

}  // namespace masterkey2::testing
