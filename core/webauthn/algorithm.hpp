// COSE algorithms that a credential may have (RFC 9053, RFC 8812, RFC 9864, the COSE registry's
// ML-DSA; L3 §5.8.5).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "crypto/public_key.hpp"

namespace masterkey2::webauthn {

/// COSE key type 3: no curve.
struct RsaKeyType {};

struct Algorithm {
  std::int32_t id;
  std::string_view name;       ///< of the COSE registry, such as `ES256`
  std::string_view jose_name;  ///< `alg` of a JWK
  SignatureAlgorithm signature;
  /// What the key must be: each algorithm goes with one curve (L3 §5.8.5).
  std::variant<EcCurve, EdwardsCurve, RsaKeyType, MlDsaSet> key;
};

/// All that this process verifies: ML-DSA only where its OpenSSL has it.
[[nodiscard]] std::span<const Algorithm> known_algorithms();

/// All that have a name here, also what this process's OpenSSL does not have.
[[nodiscard]] std::span<const Algorithm> named_algorithms();

/// One of `known_algorithms()`.
[[nodiscard]] bool is_available(const Algorithm& algorithm);

/// One of `named_algorithms()`. Null if it is unknown.
[[nodiscard]] const Algorithm* find_algorithm(std::int64_t id);

}  // namespace masterkey2::webauthn
