// What a QR code says: which cross-device sign-in, and who asks.
#pragma once

#include <optional>

#include "service/claims/session_claims.hpp"
#include "service/user_agent.hpp"

namespace masterkey2 {

struct QrClaims {
  TokenEnvelope envelope;  ///< `id` is the sign-in's; to be claimed before it expires
  /// The session token of the page. Of its envelope tenant, id and expiry; the tenant is that of
  /// `envelope`.
  SessionClaims session;
  UserAgent computer;  ///< that shows the code

  bool operator==(const QrClaims&) const = default;
};

/// Kept short: each byte makes the code denser.
[[nodiscard]] Bytes encode_claims(const QrClaims& claims);
[[nodiscard]] std::optional<QrClaims> decode_qr_claims(ByteView bytes);

}  // namespace masterkey2
