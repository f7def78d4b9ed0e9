// SHA-256 (FIPS 180-4).
#pragma once

#include <initializer_list>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Of the parts, one behind the other. Aborts the process if OpenSSL cannot hash at all.
[[nodiscard]] Digest sha256(std::initializer_list<ByteView> parts);
[[nodiscard]] inline Digest sha256(ByteView bytes) { return sha256({bytes}); }

}  // namespace masterkey2
