// Authenticator data (L3 §6.1).
#pragma once

#include <cstdint>
#include <optional>

#include "cbor/cbor_value.hpp"
#include "masterkey2/bytes.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

/// Bits of `flags`; the others are reserved and ignored.
inline constexpr std::uint8_t kUserPresent = 0x01;
inline constexpr std::uint8_t kUserVerified = 0x04;
inline constexpr std::uint8_t kBackupEligible = 0x08;
inline constexpr std::uint8_t kBackupState = 0x10;
inline constexpr std::uint8_t kAttestedIncluded = 0x40;
inline constexpr std::uint8_t kExtensionsIncluded = 0x80;

/// L3 §6.5.1. Borrowed from the authenticator data.
struct AttestedCredentialData {
  Aaguid aaguid;
  ByteView credential_id;  ///< of any length
  ByteView public_key;     ///< one CBOR item, exactly as sent
};

/// Borrowed from the bytes that were parsed.
struct AuthenticatorData {
  ByteView rp_id_hash;  ///< 32 B
  std::uint8_t flags = 0;
  std::uint32_t sign_count = 0;
  std::optional<AttestedCredentialData> attested;  ///< if and only if AT is set
  std::optional<CborValue> extensions;             ///< a map; if and only if ED is set

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

/// rpIdHash 32 B | flags 1 B | signCount 4 B big-endian | [attested credential data] |
/// [extensions]. kMalformedAuthenticatorData if anything is missing or left over.
[[nodiscard]] Checked<AuthenticatorData> parse_authenticator_data(ByteView bytes);

}  // namespace masterkey2::webauthn
