// Hashes of any length, where sha256.hpp does not do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// SHA-1 is there for old TPM attestations alone.
enum class HashAlgorithm : std::uint8_t { kSha256, kSha384, kSha512, kSha1 };

/// A hash on the stack.
struct MessageDigest {
  std::array<std::uint8_t, 64> bytes{};
  std::size_t size = 0;

  [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }
};

/// Of the parts, one behind the other. Aborts the process if OpenSSL cannot hash at all.
[[nodiscard]] MessageDigest message_digest(HashAlgorithm algorithm,
                                           std::initializer_list<ByteView> parts);

}  // namespace masterkey2
