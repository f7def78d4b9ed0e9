// SipHash-1-3: a hash whose collisions cannot be chosen by those who choose the keys.
#pragma once

#include <cstdint>

#include "masterkey2/bytes.hpp"

namespace masterkey2::flatfile {

[[nodiscard]] std::uint64_t keyed_hash(std::uint64_t secret, ByteView bytes);

}  // namespace masterkey2::flatfile
