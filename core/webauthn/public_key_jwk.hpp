// Credential public keys as others want to read them.
#pragma once

#include <optional>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2::webauthn {

/// The JWK (RFC 7517) of a COSE_Key. Absent if the bytes are none that we know.
[[nodiscard]] std::optional<Json> public_key_jwk(ByteView cose_key);

}  // namespace masterkey2::webauthn
