// AAGUIDs as people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2::webauthn {

/// `08987058-cadc-4b81-b6e1-30de50dcbe96` (RFC 9562 §4).
[[nodiscard]] std::string aaguid_text(const Aaguid& aaguid);

/// The same form, in either case of letters. Absent for anything else.
[[nodiscard]] std::optional<Aaguid> parse_aaguid(std::string_view text);

}  // namespace masterkey2::webauthn
