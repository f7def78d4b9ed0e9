// HKDF-SHA-256 (RFC 5869).
#pragma once

#include <array>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

using SecretKey = std::array<std::uint8_t, 32>;

/// What keys for several purposes are expanded from; no less secret than `secret`.
[[nodiscard]] SecretKey extract_key(ByteView secret);
/// A key, separated by `purpose` and `context` (info = purpose | 0x00 | context).
[[nodiscard]] SecretKey expand_key(const SecretKey& extracted, std::string_view purpose,
                                   ByteView context);

}  // namespace masterkey2
