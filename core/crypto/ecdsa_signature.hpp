// The two forms of an ECDSA signature.
#pragma once

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Ecdsa-Sig-Value in DER (RFC 3279 §2.2.3) of r | s as JWS has it (RFC 7518 §3.4): two halves of
/// at most 66 bytes. What is no signature becomes DER that verifies nothing.
[[nodiscard]] Bytes ecdsa_signature_der(ByteView r_and_s);

}  // namespace masterkey2
