// UTF-8 (RFC 3629).
#pragma once

#include <string>
#include <string_view>

namespace masterkey2 {

/// No overlong form, no surrogate, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Has a C0 or C1 control character or DEL. `text` is UTF-8.
[[nodiscard]] bool has_control_character(std::string_view text);

/// "UTF-8 decode" of the Encoding Standard, re-encoded: a byte order mark is stripped, each maximal
/// part of an ill-formed sequence becomes one U+FFFD. The result is UTF-8.
[[nodiscard]] std::string decode_utf8(std::string_view bytes);

}  // namespace masterkey2
