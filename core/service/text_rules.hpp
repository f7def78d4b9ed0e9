// What names and identifiers may look like.
#pragma once

#include <string_view>

namespace masterkey2 {

/// 1–255 B of UTF-8; no control bytes, none of `/ \ ? # %`, no space at either end, not `.` or
/// `..`.
[[nodiscard]] bool is_external_id(std::string_view text);

/// 0–256 B of UTF-8 without control characters.
[[nodiscard]] bool is_name(std::string_view text);

}  // namespace masterkey2
