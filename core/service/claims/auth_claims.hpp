// What an auth token says: which finished sign-in it stands for.
#pragma once

#include <optional>

#include "service/claims/token_envelope.hpp"

namespace masterkey2 {

struct AuthClaims {
  TokenEnvelope envelope;  ///< `id` is the sign-in's
  std::optional<Digest> binding;

  bool operator==(const AuthClaims&) const = default;
};

[[nodiscard]] Bytes encode_claims(const AuthClaims& claims);
[[nodiscard]] std::optional<AuthClaims> decode_auth_claims(ByteView bytes);

}  // namespace masterkey2
