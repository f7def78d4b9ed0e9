// Points in time as people and JSON read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// RFC 3339 in UTC with milliseconds: `2026-01-31T23:59:59.999Z`. Years 0000 to 9999; beyond them
/// the nearest that can be written.
[[nodiscard]] std::string rfc3339_text(UnixMillis at);

/// A date-time of RFC 3339 §5.6 with any offset; what is finer than a millisecond is cut off.
/// Absent for anything else, leap seconds included.
[[nodiscard]] std::optional<UnixMillis> parse_rfc3339(std::string_view text);

}  // namespace masterkey2
