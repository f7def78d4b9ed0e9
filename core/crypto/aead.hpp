// AES-256-GCM.
#pragma once

#include <array>
#include <optional>

#include "crypto/key_derivation.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2 {

using AeadNonce = std::array<std::uint8_t, 12>;

/// Ciphertext | 16 B tag. A (key, nonce) pair seals once.
[[nodiscard]] Bytes aead_seal(const SecretKey& key, const AeadNonce& nonce,
                              ByteView associated_data, ByteView plaintext);

/// Absent if anything was changed.
[[nodiscard]] std::optional<Bytes> aead_open(const SecretKey& key, const AeadNonce& nonce,
                                             ByteView associated_data, ByteView sealed);

}  // namespace masterkey2
