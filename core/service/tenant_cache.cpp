#include "service/tenant_cache.hpp"

#include <algorithm>
#include <utility>

#include "service/failure.hpp"
#include "service/tenant_signing_key.hpp"

namespace masterkey2 {
namespace {

constexpr UnixMillis kFresh = 5'000;
constexpr UnixMillis kFreshEnoughWithoutStorage = 60'000;
constexpr std::size_t kMostTenants = 4'096;

/// The newest active key whose time has come.
const SigningKey* current_signing_key(const Tenant& tenant, UnixMillis now) {
  const SigningKey* found = nullptr;
  for (const SigningKey& key : tenant.signing_keys) {
    if (key.state == SigningKeyState::kActive && key.activates_at <= now) found = &key;
  }
  return found;
}

}  // namespace

std::optional<TenantCache::Entry> TenantCache::find(const TenantId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

ApiResult<TenantPointer> TenantCache::at_generation(const TenantId& id, std::uint64_t generation) {
  const std::optional<Entry> entry = find(id);
  if (entry && entry->snapshot->tenant.generation == generation &&
      clock_.now() < entry->snapshot->good_until) {
    return entry->snapshot;
  }
  return reload(id);
}

ApiResult<TenantPointer> TenantCache::recent(const TenantId& id) {
  const std::optional<Entry> entry = find(id);
  const UnixMillis age = entry ? clock_.now() - entry->read_at : 0;
  if (entry && age >= 0 && age <= kFresh) return entry->snapshot;
  ApiResult<TenantPointer> read = reload(id);
  if (!read && entry && age >= 0 && age <= kFreshEnoughWithoutStorage) return entry->snapshot;
  return read;
}

ApiResult<TenantPointer> TenantCache::reload(const TenantId& id) {
  const UnixMillis now = clock_.now();
  StorageResult<std::optional<Tenant>> read = storage_.find_tenant(id);
  if (!read) return storage_failure(read.error());
  if (!read->has_value()) {
    forget(id);
    return TenantPointer{};
  }
  TenantPointer snapshot;
  if (const auto entry = find(id); entry && entry->snapshot->tenant == **read &&
                                   entry->snapshot->signing_key &&
                                   now < entry->snapshot->good_until) {
    snapshot = entry->snapshot;
  } else {
    ApiResult<TenantPointer> made = make_snapshot(*std::move(*read));
    if (!made) return made;
    snapshot = std::move(made).value();
  }
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[id];
  // A reader that was overtaken must not put an older generation back.
  if (!entry.snapshot || entry.snapshot->tenant.generation <= snapshot->tenant.generation) {
    entry = {snapshot, now};
  }
  if (entries_.size() > kMostTenants) {
    const auto oldest = std::min_element(
        entries_.begin(), entries_.end(),
        [](const auto& a, const auto& b) { return a.second.read_at < b.second.read_at; });
    entries_.erase(oldest);
  }
  return snapshot;
}

void TenantCache::forget(const TenantId& id) {
  const std::lock_guard lock(mutex_);
  entries_.erase(id);
}

ApiResult<TenantPointer> TenantCache::make_snapshot(Tenant tenant) const {
  auto settings = decode_tenant_settings(tenant.settings);
  if (!settings) {
    return failure(ErrorCode::kInternal, "the tenant's settings: " + settings.error());
  }
  auto snapshot = std::make_shared<TenantSnapshot>();
  snapshot->settings = std::move(settings).value();
  const UnixMillis now = clock_.now();
  for (const SigningKey& key : tenant.signing_keys) {
    if (key.state == SigningKeyState::kActive && key.activates_at > now) {
      snapshot->good_until = std::min(snapshot->good_until, key.activates_at);
    }
  }
  if (const SigningKey* key = current_signing_key(tenant, now)) {
    snapshot->signing_key = open_tenant_signing_key(tenant.id, *key, *keys_.current());
    snapshot->signing_key_id = key->id;
  }
  snapshot->tenant = std::move(tenant);
  return TenantPointer(std::move(snapshot));
}

}  // namespace masterkey2
