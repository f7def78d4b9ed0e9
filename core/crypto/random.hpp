// Random bytes.
#pragma once

#include <span>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Where unpredictable bytes come from; replaced in tests.
class RandomSource {
 public:
  RandomSource() = default;
  RandomSource(const RandomSource&) = delete;
  RandomSource& operator=(const RandomSource&) = delete;
  virtual ~RandomSource() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  template <class Id>
  [[nodiscard]] Id identifier() {
    Id id;
    fill(id.bytes);
    return id;
  }
};

/// RAND_bytes. Aborts the process when the generator fails: nothing here may go on without.
[[nodiscard]] RandomSource& system_random();

}  // namespace masterkey2
