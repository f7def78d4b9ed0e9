// base64 with padding (RFC 4648 §4): what JWS headers, Android and FIDO metadata carry.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

[[nodiscard]] std::string base64_encode(ByteView bytes);

/// Absent for missing padding, other characters (white space too) or trailing bits that are not
/// zero, so that every byte string has exactly one text.
[[nodiscard]] std::optional<Bytes> base64_decode(std::string_view text);

}  // namespace masterkey2
