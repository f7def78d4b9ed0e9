// API keys as storage showed them a moment ago.
#pragma once

#include <mutex>
#include <optional>
#include <unordered_map>

#include "masterkey2/storage.hpp"
#include "service/random_bytes_hash.hpp"

namespace masterkey2 {

/// For calls whose operation of storage looks at the key itself (Guard::api_key): these need not
/// read it first. Never a reason to let a key do anything by itself. Thread-safe.
class KnownApiKeys {
 public:
  /// A key that was read at most 5 s ago and has not expired; by the digest of its text.
  [[nodiscard]] std::optional<ApiKeyAccess> find(const Digest& digest, UnixMillis now) const;
  /// Notes what storage showed at `now`.
  void remember(const ApiKeyAccess& access, UnixMillis now);
  void forget(const Digest& digest);

 private:
  struct Entry {
    ApiKeyAccess access;
    UnixMillis read_at = 0;
  };
  using Entries = std::unordered_map<Digest, Entry, RandomBytesHash>;

  mutable std::mutex mutex_;
  /// Those of this span of time and of the one before: what is in neither is too old.
  Entries current_;
  Entries previous_;
  UnixMillis span_began_ = 0;
};

}  // namespace masterkey2
