// Points in time as people and JSON read them.
#pragma once

#include <string>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// RFC 3339 in UTC with milliseconds: `2026-01-31T23:59:59.999Z`. Years 0000 to 9999; beyond them
/// the nearest that can be written.
[[nodiscard]] std::string rfc3339_text(UnixMillis at);

}  // namespace masterkey2
