// The attestation object (L3 §6.5.4).
#pragma once

#include <string_view>

#include "cbor/cbor_value.hpp"
#include "masterkey2/bytes.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

/// Borrowed from the bytes that were parsed; `statement` holds views of them.
struct AttestationObject {
  std::string_view format;  ///< `fmt`, any text
  CborValue statement;      ///< `attStmt`: a map, or an array for `compound`
  ByteView authenticator_data;
};

/// One CBOR map with `fmt`, `attStmt` and `authData`; unknown members do not matter.
/// kMalformedAttestationObject otherwise.
[[nodiscard]] Checked<AttestationObject> parse_attestation_object(ByteView bytes);

}  // namespace masterkey2::webauthn
