// UTF-8 (RFC 3629).
#pragma once

#include <string_view>

namespace masterkey2 {

/// Well-formed: shortest forms, no surrogates, nothing beyond U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Has a C0 or C1 control character or DEL. `text` is UTF-8.
[[nodiscard]] bool has_control_character(std::string_view text);

}  // namespace masterkey2
