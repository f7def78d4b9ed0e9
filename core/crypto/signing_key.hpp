// ES256 key pairs of our own: what assertions are signed with.
#pragma once

#include <memory>
#include <optional>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// A P-256 key pair. `sign` is thread-safe.
class EcSigningKey {
 public:
  [[nodiscard]] static EcSigningKey generate();
  /// From the 32 B private scalar and the 65 B uncompressed point. Absent if they do not belong
  /// together.
  [[nodiscard]] static std::optional<EcSigningKey> from_private(ByteView scalar, ByteView point);

  EcSigningKey(EcSigningKey&&) noexcept;
  EcSigningKey& operator=(EcSigningKey&&) noexcept;
  ~EcSigningKey();

  /// 32 B; wipe it after use.
  [[nodiscard]] Bytes private_scalar() const;
  /// 65 B: 0x04 | x | y.
  [[nodiscard]] Bytes public_point() const;
  /// SHA-256 and ECDSA; 64 B r | s as JWS wants it (RFC 7518 §3.4).
  [[nodiscard]] Bytes sign(ByteView message) const;

 private:
  struct Key;
  explicit EcSigningKey(std::unique_ptr<Key> key);
  std::unique_ptr<Key> key_;
};

/// ES256 over `message`; `point` 65 B, `signature` 64 B r | s. For tests and `masterkey2ctl`.
[[nodiscard]] bool verify_es256(ByteView point, ByteView message, ByteView signature);

}  // namespace masterkey2
