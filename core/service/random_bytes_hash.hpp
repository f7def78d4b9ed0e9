// Hash tables by ids and digests.
#pragma once

#include <cstddef>
#include <cstring>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// For keys that are as good as random: a few of their bytes will do.
struct RandomBytesHash {
  template <class Tag, std::size_t N>
  std::size_t operator()(const Identifier<Tag, N>& key) const {
    static_assert(N >= sizeof(std::size_t));
    std::size_t hash = 0;
    std::memcpy(&hash, key.bytes.data(), sizeof hash);
    return hash;
  }
};

}  // namespace masterkey2
