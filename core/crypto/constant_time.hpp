// Comparison of secrets.
#pragma once

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Equality in time that depends on the sizes alone.
[[nodiscard]] bool equal_in_constant_time(ByteView left, ByteView right);

}  // namespace masterkey2
