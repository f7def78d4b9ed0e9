// What begin seals and finish wants back.
#pragma once

#include <optional>
#include <string>

#include "masterkey2/sign_in.hpp"
#include "service/claims/token_envelope.hpp"
#include "webauthn/ceremony_policy.hpp"

namespace masterkey2 {

enum class CeremonyPurpose : std::uint8_t { kRegistration = 1, kAuthentication = 2 };

struct CeremonyClaims {
  TokenEnvelope envelope;  ///< `id` is what finish claims
  CeremonyPurpose purpose = CeremonyPurpose::kAuthentication;
  Channel channel = Channel::kDirect;
  TokenId token;       ///< the session or user token that began it
  std::string origin;  ///< as begin saw it, ≤ 512 B; empty: none was sent
  /// As it was at begin; `top_origins`, like all origins, count as they are at finish and stay
  /// empty.
  webauthn::CeremonyPolicy policy;
  Bytes challenge;                  ///< 32 B
  Bytes challenge_salt;             ///< 0 or 32 B
  std::optional<UserHandle> user;   ///< who registers, or who alone may sign in
  std::optional<ApiKeyId> api_key;  ///< registration: the user token's
  std::optional<Digest> binding;
  bool conditional = false;  ///< mediation was `conditional`
  std::string name;          ///< registration: of the passkey, ≤ 256 B

  bool operator==(const CeremonyClaims&) const = default;
};

[[nodiscard]] Bytes encode_claims(const CeremonyClaims& claims);
[[nodiscard]] std::optional<CeremonyClaims> decode_ceremony_claims(ByteView bytes);

}  // namespace masterkey2
