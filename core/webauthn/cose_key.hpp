// The credential public key as authenticators send it (RFC 9052 §7, L3 §6.5.1.1).
#pragma once

#include <initializer_list>

#include "cbor/cbor_value.hpp"
#include "crypto/public_key.hpp"
#include "webauthn/algorithm.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

struct CoseKey {
  const Algorithm* algorithm;  ///< never null
  PublicKey key;

  [[nodiscard]] bool verify(std::initializer_list<ByteView> message, ByteView signature) const {
    return key.verify(algorithm->signature, message, signature);
  }
};

/// The parameters of a key, looked at but not tried: borrowed from the parsed value.
struct CoseKeyParameters {
  const Algorithm* algorithm;  ///< never null
  ByteView x;                  ///< EC2 and OKP; of RSA the modulus n, of ML-DSA the key
  ByteView y;                  ///< EC2; of RSA the exponent e
};

/// Exactly the parameters of the key's type, nothing optional; curve and type fit the algorithm.
/// kAlgorithmNotAllowed for an algorithm that we do not know, else kMalformedPublicKey.
[[nodiscard]] Checked<CoseKeyParameters> read_cose_key(const CborValue& value);

/// One COSE_Key that fills `bytes`: parameters as above, and a sound key (on the curve, full
/// length, uncompressed, not of small order; RSA of 2,048 to 8,192 bits). kAlgorithmNotAllowed,
/// too, for one that this process's OpenSSL does not have.
[[nodiscard]] Checked<CoseKey> parse_cose_key(ByteView bytes);

}  // namespace masterkey2::webauthn
