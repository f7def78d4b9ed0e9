// Whether bytes are a point that an EdDSA key may have.
#pragma once

#include "crypto/public_key.hpp"

namespace masterkey2 {

/// RFC 8032 §5.1.3 and §5.2.3 (decoding), and not of small order: under such a key one signature
/// fits many messages. OpenSSL 3.0 checks the length alone.
[[nodiscard]] bool is_sound_edwards_point(EdwardsCurve curve, ByteView encoded);

}  // namespace masterkey2
