// What the two ends of a cross-device sign-in hold: the computer that polls, and the phone that
// claimed the code. Both are sealed as one kind of token; the layout tells them apart.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "service/claims/ceremony_claims.hpp"

namespace masterkey2 {

struct PollClaims {
  TokenEnvelope envelope;  ///< as of the QR code: `id` is the sign-in's
  TokenId session_token;   ///< of the page
  std::string origin;      ///< of the page, ≤ 512 B; empty: none was sent
  std::optional<Digest> binding;

  bool operator==(const PollClaims&) const = default;
};

struct PhoneClaims {
  CeremonyClaims ceremony;  ///< its envelope's `id` is the sign-in's
  UnixMillis session_expires_at = 0;

  bool operator==(const PhoneClaims&) const = default;
};

using CrossDeviceClaims = std::variant<PollClaims, PhoneClaims>;

[[nodiscard]] Bytes encode_claims(const PollClaims& claims);
[[nodiscard]] Bytes encode_claims(const PhoneClaims& claims);
[[nodiscard]] std::optional<CrossDeviceClaims> decode_cross_device_claims(ByteView bytes);

}  // namespace masterkey2
