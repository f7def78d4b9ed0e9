// Sealed tokens: state that we hand out and need not store.
//
// Text: kind prefix + base64url(version 1 B ‖ key id 4 B ‖ 24 random bytes ‖ ciphertext ‖ tag 16
// B). AES-256-GCM under HKDF(ring secret, purpose of the kind, first 12 random bytes), nonce = the
// last 12. Authenticated beside it: prefix, version, key id and the installation's epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/random.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"
#include "token/key_ring.hpp"

namespace masterkey2 {

enum class TokenKind : std::uint8_t {
  kSession,   ///< mk2s_
  kUser,      ///< mk2u_
  kCeremony,  ///< mk2c_
  kAuth,      ///< mk2a_
  kPoll,      ///< mk2p_
  kQr,        ///< mk2q_
};

/// `mk2s_` and so on.
[[nodiscard]] std::string_view token_prefix(TokenKind kind);
/// By prefix alone; absent if it has none of ours.
[[nodiscard]] std::optional<TokenKind> token_kind(std::string_view text);

enum class TokenFault : std::uint8_t { kMalformed, kWrongKind, kUnknownKey, kNotGenuine };

/// `plaintext` ≤ 4,096 B.
[[nodiscard]] std::string seal_token(TokenKind kind, ByteView plaintext, std::uint64_t epoch,
                                     const KeyRing& ring, RandomSource& random);

/// `text` ≤ 8,192 B. Any change of any byte, another epoch or another kind is refused.
[[nodiscard]] Result<Bytes, TokenFault> open_token(TokenKind kind, std::string_view text,
                                                   std::uint64_t epoch, const KeyRing& ring);

/// Wraps a signing key's private half for storage, bound to tenant and key id; and back.
[[nodiscard]] Bytes wrap_secret(ByteView secret, ByteView bound_to, const RingKey& key,
                                RandomSource& random);
[[nodiscard]] std::optional<Bytes> unwrap_secret(ByteView wrapped, ByteView bound_to,
                                                 const RingKey& key);

}  // namespace masterkey2
