// The installation, tenants and API keys.
#include <algorithm>

#include "memory_storage.hpp"

namespace example {

const TenantRows* MemoryStorage::find_rows(const TenantId& tenant) const {
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nullptr : &found->second;
}

/// In the order of `Outcome` (P9).
Outcome MemoryStorage::check_guard(const Guard& guard, bool disabled_too) const {
  if (guard.epoch && *guard.epoch != installation_->epoch) return Outcome::kEpochChanged;
  const TenantRows* rows = find_rows(guard.tenant);
  if (rows == nullptr || (!rows->tenant.enabled && !disabled_too)) return Outcome::kTenantGone;
  if (guard.tenant_generation && *guard.tenant_generation != rows->tenant.generation) {
    return Outcome::kTenantChanged;
  }
  if (guard.api_key) {
    const auto key = rows->keys.find(*guard.api_key);
    if (key == rows->keys.end() || !is_alive(key->second, guard.now)) return Outcome::kApiKeyDead;
  }
  if (guard.session_token && rows->revocations.contains(*guard.session_token)) {
    return Outcome::kTokenRevoked;
  }
  return Outcome::kDone;
}

Standing MemoryStorage::standing(const TenantId& tenant,
                                 const std::optional<TokenId>& session_token) const {
  Standing answer;
  answer.epoch = installation_->epoch;
  answer.tenant_enabled = false;
  const TenantRows* rows = find_rows(tenant);
  if (rows == nullptr) return answer;
  answer.tenant_generation = rows->tenant.generation;
  answer.tenant_enabled = rows->tenant.enabled;
  answer.token_revoked = session_token && rows->revocations.contains(*session_token);
  return answer;
}

StorageResult<Outcome> MemoryStorage::initialize(const Installation& installation) {
  const std::lock_guard lock(mutex_);
  if (installation_) return Outcome::kAlreadyExists;
  installation_ = installation;
  return Outcome::kDone;
}

StorageResult<Installation> MemoryStorage::read_installation() {
  return alone([&]() -> StorageResult<Installation> { return *installation_; });
}

StorageResult<Outcome> MemoryStorage::raise_epoch(std::uint64_t expected, UnixMillis now) {
  return alone([&]() -> StorageResult<Outcome> {
    if (installation_->epoch != expected) return Outcome::kEpochChanged;
    ++installation_->epoch;
    installation_->epoch_raised_at = now;
    return Outcome::kDone;
  });
}

StorageResult<void> MemoryStorage::write_heartbeat(std::uint64_t heartbeat, UnixMillis now) {
  return alone([&]() -> StorageResult<void> {
    if (heartbeat > installation_->heartbeat) {
      installation_->heartbeat = heartbeat;
      installation_->heartbeat_at = now;
    }
    return {};
  });
}

StorageResult<void> MemoryStorage::check() {
  return alone([]() -> StorageResult<void> { return {}; });
}

StorageResult<std::optional<UnixMillis>> MemoryStorage::storage_time() {
  return std::optional<UnixMillis>();
}

bool MemoryStorage::is_key_taken(const ApiKey& key) const {
  return std::ranges::any_of(tenants_, [&](const auto& tenant) {
    return std::ranges::any_of(tenant.second.keys, [&](const auto& entry) {
      return entry.second.digest == key.digest ||
             (tenant.first == key.tenant && entry.first == key.id);
    });
  });
}

StorageResult<Outcome> MemoryStorage::insert_tenant(const InsertTenant& insert) {
  const Tenant& tenant = insert.tenant;
  if (!is_within_limits(tenant) || !is_within_limits(insert.first_key) ||
      !is_within_limits(insert.audit) || insert.first_key.tenant != tenant.id ||
      insert.audit.tenant != tenant.id) {
    return invalid("insert_tenant");
  }
  return alone([&]() -> StorageResult<Outcome> {
    const bool rp_id_taken =
        insert.rp_id_exclusive && std::ranges::any_of(tenants_, [&](const auto& other) {
          return other.second.rp_id_exclusive && other.second.tenant.rp_id == tenant.rp_id;
        });
    if (rp_id_taken || tenants_.contains(tenant.id) || is_key_taken(insert.first_key)) {
      return Outcome::kAlreadyExists;
    }
    TenantRows& rows = tenants_[tenant.id];
    rows.tenant = tenant;
    rows.tenant.generation = 1;
    rows.rp_id_exclusive = insert.rp_id_exclusive;
    ApiKey& key = rows.keys[insert.first_key.id] = insert.first_key;
    key.version = 1;
    put_audit(insert.audit);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MemoryStorage::update_tenant(const Guard& guard, const Tenant& tenant,
                                                    const AuditEntry& audit) {
  if (!is_within_limits(tenant) || tenant.id != guard.tenant || !guard.tenant_generation) {
    return invalid("update_tenant");
  }
  return write(
      guard, audit,
      [&](TenantRows& rows) {
        Tenant row = tenant;
        row.rp_id = rows.tenant.rp_id;
        row.created_at = rows.tenant.created_at;
        row.generation = rows.tenant.generation + 1;
        rows.tenant = std::move(row);
        return Outcome::kDone;
      },
      true);
}

StorageResult<Outcome> MemoryStorage::erase_tenant(const Guard& guard, const AuditEntry& audit) {
  return write(
      guard, audit,
      [&](TenantRows&) {
        tenants_.erase(guard.tenant);  // the audit log stays
        return Outcome::kDone;
      },
      true);
}

StorageResult<std::optional<Tenant>> MemoryStorage::find_tenant(const TenantId& id) {
  return alone([&]() -> StorageResult<std::optional<Tenant>> {
    const TenantRows* rows = find_rows(id);
    return rows == nullptr ? std::optional<Tenant>() : std::optional(rows->tenant);
  });
}

/// The cursor is the last id of the page before.
StorageResult<Page<Tenant>> MemoryStorage::list_tenants(const PageRequest& page) {
  const auto after = TenantId::from(page.after);
  if (!is_valid(page) || (!page.after.empty() && !after)) return invalid("list_tenants");
  return alone([&]() -> StorageResult<Page<Tenant>> {
    Page<Tenant> answer;
    auto next = after ? tenants_.upper_bound(*after) : tenants_.begin();
    for (; next != tenants_.end() && answer.items.size() < page.limit; ++next) {
      answer.items.push_back(next->second.tenant);
    }
    if (next != tenants_.end()) answer.next = to_bytes(answer.items.back().id.view());
    return answer;
  });
}

StorageResult<std::optional<ApiKeyAccess>> MemoryStorage::find_api_key(const Digest& digest,
                                                                       UnixMillis now) {
  return alone([&]() -> StorageResult<std::optional<ApiKeyAccess>> {
    for (const auto& [id, rows] : tenants_) {
      for (const auto& [key_id, key] : rows.keys) {
        if (key.digest != digest || !is_alive(key, now)) continue;
        return std::optional(
            ApiKeyAccess{key, rows.tenant.generation, rows.tenant.enabled, installation_->epoch});
      }
    }
    return std::optional<ApiKeyAccess>();
  });
}

StorageResult<Outcome> MemoryStorage::insert_api_key(const Guard& guard, const ApiKey& key,
                                                     std::uint32_t max_keys,
                                                     const AuditEntry& audit) {
  if (!is_within_limits(key) || key.tenant != guard.tenant || max_keys > kMaxApiKeysPerTenant) {
    return invalid("insert_api_key");
  }
  return write(guard, audit, [&](TenantRows& rows) {
    if (is_key_taken(key)) return Outcome::kAlreadyExists;
    const auto alive = std::ranges::count_if(
        rows.keys, [&](const auto& entry) { return is_alive(entry.second, guard.now); });
    if (alive >= static_cast<std::ptrdiff_t>(max_keys)) return Outcome::kLimitReached;
    (rows.keys[key.id] = key).version = 1;
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MemoryStorage::replace_api_key(const Guard& guard, const ApiKeyId& replaced,
                                                      std::uint64_t expected_version,
                                                      UnixMillis replaced_expires_at,
                                                      const ApiKey& key, const AuditEntry& audit) {
  if (!is_within_limits(key) || key.tenant != guard.tenant) return invalid("replace_api_key");
  return write(guard, audit, [&](TenantRows& rows) {
    const auto found = rows.keys.find(replaced);
    if (found == rows.keys.end() || !is_alive(found->second, guard.now)) return Outcome::kNotFound;
    ApiKey& old = found->second;
    if (old.version != expected_version) return Outcome::kVersionChanged;
    if (is_key_taken(key)) return Outcome::kAlreadyExists;
    const ApiKeyId lineage = old.lineage;
    const std::uint32_t number = old.lineage_number;
    old.expires_at = replaced_expires_at;
    ++old.version;
    const bool dead = replaced_expires_at <= guard.now;
    std::erase_if(rows.keys, [&](const auto& entry) {
      return (dead && entry.first == replaced) ||
             (entry.second.lineage == lineage && entry.second.lineage_number < number);
    });
    (rows.keys[key.id] = key).version = 1;
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MemoryStorage::erase_api_key(const Guard& guard, const ApiKeyId& id,
                                                    const AuditEntry& audit) {
  return write(guard, audit, [&](TenantRows& rows) {
    return rows.keys.erase(id) == 1 ? Outcome::kDone : Outcome::kNotFound;
  });
}

StorageResult<std::vector<ApiKey>> MemoryStorage::list_api_keys(const TenantId& tenant,
                                                                UnixMillis now) {
  return alone([&]() -> StorageResult<std::vector<ApiKey>> {
    std::vector<ApiKey> alive;
    const TenantRows* rows = find_rows(tenant);
    if (rows == nullptr) return alive;
    for (const auto& [id, key] : rows->keys) {
      if (is_alive(key, now)) alive.push_back(key);
    }
    std::ranges::stable_sort(alive, {}, &ApiKey::created_at);
    return alive;
  });
}

}  // namespace example
