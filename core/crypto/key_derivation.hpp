// HKDF-SHA-256 (RFC 5869).
#pragma once

#include <array>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

using SecretKey = std::array<std::uint8_t, 32>;

/// The first half of derive_key(), for who derives much from one secret; no less secret than that.
[[nodiscard]] SecretKey extract_key(ByteView secret);
/// The second half.
[[nodiscard]] SecretKey expand_key(const SecretKey& extracted, std::string_view purpose,
                                   ByteView context);
/// 32 bytes from `secret`, separated by `purpose` and `context` (info = purpose | 0x00 | context).
[[nodiscard]] SecretKey derive_key(ByteView secret, std::string_view purpose, ByteView context);

}  // namespace masterkey2
