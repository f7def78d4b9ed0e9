// Tenants as requests need them: settings decoded, signing key unwrapped, kept between requests.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "crypto/signing_key.hpp"
#include "masterkey2/storage.hpp"
#include "service/api_error.hpp"
#include "service/clock.hpp"
#include "service/key_ring_holder.hpp"
#include "service/random_bytes_hash.hpp"
#include "service/tenant_settings.hpp"

namespace masterkey2 {

/// One generation of a tenant. Immutable; shared by the cache and the requests that use it.
struct TenantSnapshot {
  Tenant tenant;
  TenantSettings settings;
  /// What assertions are signed with, and its `kid`; absent if the key ring cannot open it.
  std::optional<EcSigningKey> signing_key;
  std::string signing_key_id;
  /// From this moment another signing key is in use: read again.
  UnixMillis good_until = INT64_MAX;
};
using TenantPointer = std::shared_ptr<const TenantSnapshot>;

/// Thread-safe. A null pointer says that there is no such tenant.
class TenantCache {
 public:
  TenantCache(Storage& storage, const Clock& clock, const KeyRingHolder& keys)
      : storage_(storage), clock_(clock), keys_(keys) {}

  /// The tenant at `generation` (from an answer of storage) or a later one.
  [[nodiscard]] ApiResult<TenantPointer> at_generation(const TenantId& id,
                                                       std::uint64_t generation);
  /// What was read at most 5 s ago, or 60 s while storage fails (I4): for begin alone.
  [[nodiscard]] ApiResult<TenantPointer> recent(const TenantId& id);
  /// Reads storage.
  [[nodiscard]] ApiResult<TenantPointer> reload(const TenantId& id);
  /// The next `at_generation` or `recent` reads storage.
  void forget(const TenantId& id);

 private:
  struct Entry {
    TenantPointer snapshot;
    UnixMillis read_at = 0;
  };

  [[nodiscard]] std::optional<Entry> find(const TenantId& id) const;
  [[nodiscard]] ApiResult<TenantPointer> make_snapshot(Tenant tenant) const;

  Storage& storage_;
  const Clock& clock_;
  const KeyRingHolder& keys_;
  mutable std::mutex mutex_;
  std::unordered_map<TenantId, Entry, RandomBytesHash> entries_;
};

}  // namespace masterkey2
