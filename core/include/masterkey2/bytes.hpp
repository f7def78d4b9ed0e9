// Bytes, borrowed views of them, and identifiers of fixed length.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace masterkey2 {

using Bytes = std::vector<std::uint8_t>;
/// Borrowed for the call; the owner must outlive it.
using ByteView = std::span<const std::uint8_t>;
/// Milliseconds since 1970-01-01T00:00:00Z.
using UnixMillis = std::int64_t;

/// The bytes of `text`, borrowed.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// `bytes` read as text, borrowed; nothing is checked.
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

/// Byte-wise equality, not in constant time: never for secrets.
[[nodiscard]] inline bool equal_bytes(ByteView left, ByteView right) {
  return left.size() == right.size() &&
         (left.empty() || std::memcmp(left.data(), right.data(), left.size()) == 0);
}

/// `N` bytes that name something. `Tag` keeps a tenant's id from being passed as a token's.
template <class Tag, std::size_t N>
struct Identifier {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> bytes{};

  [[nodiscard]] ByteView view() const { return bytes; }
  /// Absent unless `view` has exactly N bytes.
  [[nodiscard]] static std::optional<Identifier> from(ByteView view) {
    if (view.size() != N) return std::nullopt;
    Identifier id;
    std::memcpy(id.bytes.data(), view.data(), N);
    return id;
  }
  auto operator<=>(const Identifier&) const = default;
};

/// 128 random bits; one relying party.
using TenantId = Identifier<struct TenantIdTag, 16>;
/// 32 random bytes; what an authenticator knows of a user (L3 §5.4.3 `user.id`).
using UserHandle = Identifier<struct UserHandleTag, 32>;
/// The `jti` of a sealed token, a ceremony or a sign-in.
using TokenId = Identifier<struct TokenIdTag, 16>;
/// Names an API key; not the key.
using ApiKeyId = Identifier<struct ApiKeyIdTag, 16>;
/// A SHA-256 value.
using Digest = Identifier<struct DigestTag, 32>;
/// Names the model of an authenticator (L3 §6.5.1).
using Aaguid = Identifier<struct AaguidTag, 16>;

}  // namespace masterkey2
