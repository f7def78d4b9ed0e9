// The installation's secrets: what tokens are sealed with and signing keys are wrapped by.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/key_derivation.hpp"
#include "crypto/random.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"

namespace masterkey2 {

enum class RingKeyState : std::uint8_t { kPending, kActive, kRetired };

/// `pending`, `active`, `retired`; and back.
[[nodiscard]] std::string_view ring_key_state_word(RingKeyState state);
[[nodiscard]] std::optional<RingKeyState> parse_ring_key_state(std::string_view word);

struct RingKey {
  std::uint32_t id = 0;  ///< random, not 0; stands in clear in every token
  RingKeyState state{};
  UnixMillis created_at = 0;
  SecretKey secret{};     ///< never used itself: each purpose derives its own (HKDF)
  SecretKey extracted{};  ///< what they are derived from; made from `secret` by the ring

  bool operator==(const RingKey&) const = default;
};

/// Eight lower-case hexadecimal digits, as people and the file write an id; and back.
[[nodiscard]] std::string ring_key_id_text(std::uint32_t id);
[[nodiscard]] std::optional<std::uint32_t> parse_ring_key_id(std::string_view text);

struct KeyRingError {
  std::string detail;  ///< one sentence for operators that names the file; holds no secret
};

/// Immutable. One key is active: it seals. Pending and active ones open. Retired ones are kept for
/// their id and open nothing.
class KeyRing {
 public:
  static constexpr std::size_t kMaxKeys = 64;

  /// `keys`: 1–64, exactly one active, ids unique and not 0.
  [[nodiscard]] static Result<KeyRing, KeyRingError> from_keys(std::vector<RingKey> keys);
  /// A fresh ring with one active key.
  [[nodiscard]] static KeyRing generate(RandomSource& random, UnixMillis now);

  [[nodiscard]] const std::vector<RingKey>& keys() const { return keys_; }
  [[nodiscard]] const RingKey& active() const;
  /// Null if unknown or retired.
  [[nodiscard]] const RingKey* opener(std::uint32_t id) const;

  /// Each answers a changed ring: a new pending key at the end; `id` becomes active and the active
  /// one goes on opening as pending; `id` (not the active one) becomes retired. Errors name the id.
  [[nodiscard]] Result<KeyRing, KeyRingError> with_new_key(RandomSource& random,
                                                           UnixMillis now) const;
  [[nodiscard]] Result<KeyRing, KeyRingError> with_activated(std::uint32_t id) const;
  [[nodiscard]] Result<KeyRing, KeyRingError> with_retired(std::uint32_t id) const;

  bool operator==(const KeyRing&) const = default;

 private:
  explicit KeyRing(std::vector<RingKey> keys);
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
