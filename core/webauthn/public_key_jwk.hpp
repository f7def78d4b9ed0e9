// Credential public keys as others want to read them.
#pragma once

#include <optional>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2::webauthn {

/// The JWK (RFC 7517) of a COSE_Key. Absent if the bytes are none that we know.
[[nodiscard]] std::optional<Json> public_key_jwk(ByteView cose_key);

/// The COSE_Key of a JWK as above. `alg` and its members are needed, others do not matter. Of
/// several COSE algorithms with one name in JOSE it is `preferred`, if that is one of them. Absent
/// if the key is of no kind that we know; whether it is sound parse_cose_key finds out.
[[nodiscard]] std::optional<Bytes> cose_key_from_jwk(const Json& jwk,
                                                     std::optional<std::int32_t> preferred = {});

}  // namespace masterkey2::webauthn
