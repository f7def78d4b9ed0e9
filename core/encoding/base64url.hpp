// base64url without padding (RFC 4648 §5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

[[nodiscard]] std::string base64url_encode(ByteView bytes);
void append_base64url(std::string& text, ByteView bytes);

/// Absent for padding, other characters, a length of 1 mod 4, or trailing bits that are not zero,
/// so that every byte string has exactly one text.
[[nodiscard]] std::optional<Bytes> base64url_decode(std::string_view text);

}  // namespace masterkey2
