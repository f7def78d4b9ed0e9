// What a session token says.
#pragma once

#include <optional>

#include "service/claims/token_envelope.hpp"

namespace masterkey2 {

struct SessionClaims {
  TokenEnvelope envelope;
  /// A named sign-in: this user alone may sign in.
  std::optional<UserHandle> user;
  Bytes challenge_nonce;          ///< 0 or 16–64 B: goes into every challenge
  std::optional<Digest> binding;  ///< SHA-256 of what verify-auth must repeat

  bool operator==(const SessionClaims&) const = default;
};

[[nodiscard]] Bytes encode_claims(const SessionClaims& claims);
[[nodiscard]] std::optional<SessionClaims> decode_session_claims(ByteView bytes);

}  // namespace masterkey2
