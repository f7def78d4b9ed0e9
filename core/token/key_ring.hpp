// The installation's secrets: what tokens are sealed with and signing keys are wrapped by.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/key_derivation.hpp"
#include "crypto/random.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"

namespace masterkey2 {

enum class RingKeyState : std::uint8_t { kPending, kActive, kRetired };

struct RingKey {
  std::uint32_t id = 0;  ///< random, not 0; stands in clear in every token
  RingKeyState state{};
  UnixMillis created_at = 0;
  SecretKey secret{};  ///< never used itself: each purpose derives its own (HKDF)
};

struct KeyRingError {
  std::string detail;  ///< one sentence for operators that names the file; holds no secret
};

/// Immutable. One key is active: it seals. Pending and active ones open. Retired ones are kept for
/// their id and open nothing.
class KeyRing {
 public:
  /// `keys`: exactly one active, unique ids.
  [[nodiscard]] static Result<KeyRing, KeyRingError> from_keys(std::vector<RingKey> keys);
  /// A fresh ring with one active key.
  [[nodiscard]] static KeyRing generate(RandomSource& random, UnixMillis now);

  [[nodiscard]] const std::vector<RingKey>& keys() const { return keys_; }
  [[nodiscard]] const RingKey& active() const;
  /// Null if unknown or retired.
  [[nodiscard]] const RingKey* opener(std::uint32_t id) const;

  /// Each answers a changed ring: a new pending key; `id` becomes active and the active one goes on
  /// opening as pending; `id` (not the active one) becomes retired.
  [[nodiscard]] KeyRing with_new_key(RandomSource& random, UnixMillis now) const;
  [[nodiscard]] Result<KeyRing, KeyRingError> with_activated(std::uint32_t id) const;
  [[nodiscard]] Result<KeyRing, KeyRingError> with_retired(std::uint32_t id) const;

 private:
  explicit KeyRing(std::vector<RingKey> keys) : keys_(std::move(keys)) {}
  std::vector<RingKey> keys_;
};

/// Reads the file (JSON; see key_ring_file.cpp). Refused: unreadable, a link, not a regular file,
/// mode wider than 0600 (0640 for root's), owner neither us nor root, malformed.
[[nodiscard]] Result<KeyRing, KeyRingError> read_key_ring(const std::string& path);

/// Writes a temporary file (0600), syncs it, renames it over `path`, syncs the folder. `exclusive`:
/// refuses if `path` exists.
[[nodiscard]] Result<void, KeyRingError> write_key_ring(const std::string& path,
                                                        const KeyRing& ring, bool exclusive);

}  // namespace masterkey2
