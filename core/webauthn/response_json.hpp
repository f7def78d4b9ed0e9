// What the JSON forms of both responses have in common (L3 §5.1.8).
#pragma once

#include <string_view>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

/// `id`, `rawId` (the same), `type`, `response`.
struct CredentialJson {
  Bytes id;                ///< 1 B or more
  const Json* response;    ///< an object; borrowed
  const Json* extensions;  ///< `clientExtensionResults`: an object, or null if missing; borrowed
};

/// kMalformedResponse if a member is missing or mistyped.
[[nodiscard]] Checked<CredentialJson> parse_credential_json(const Json& json);

/// The bytes of a base64url member of `object`, at least one.
[[nodiscard]] Checked<Bytes> parse_bytes_member(const Json& object, std::string_view name);

}  // namespace masterkey2::webauthn
