// Client data (L3 §5.8.1): what the browser says about the ceremony.
#pragma once

#include <optional>
#include <string>

#include "masterkey2/bytes.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

struct ClientData {
  // Absent: missing or not text. The step that needs the member refuses that.
  std::optional<std::string> type;
  std::optional<std::string> challenge;  ///< base64url
  std::optional<std::string> origin;
  bool cross_origin = false;              ///< missing means false
  std::optional<std::string> top_origin;  ///< missing: not framed by another origin
};

/// As browsers may add members at any time, unknown ones do not matter (nor does `tokenBinding`,
/// reserved in Level 3); duplicate ones are refused. A byte order mark is skipped and ill-formed
/// UTF-8 replaced, as the specification's decoding wants it. kMalformedClientData, also for a
/// `crossOrigin` that is no boolean and a `topOrigin` that is no text.
[[nodiscard]] Checked<ClientData> parse_client_data(ByteView client_data_json);

}  // namespace masterkey2::webauthn
