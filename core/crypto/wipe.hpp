// Forgetting secrets.
#pragma once

#include <cstdint>
#include <span>

namespace masterkey2 {

/// Overwrites `secret` in a way that the compiler does not drop.
void wipe(std::span<std::uint8_t> secret);

}  // namespace masterkey2
