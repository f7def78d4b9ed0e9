// FlatfileStorage: tenants and API keys.
#include <algorithm>
#include <utility>

#include "flatfile_storage.hpp"
#include "guards.hpp"

namespace masterkey2::flatfile {
namespace {

bool is_rp_id_taken(const State& state, const std::string& rp_id) {
  return std::ranges::any_of(state.tenants(), [&](const auto& entry) {
    return entry.second.rp_id_exclusive && entry.second.row.rp_id == rp_id;
  });
}

bool is_key_taken(const State& state, const ApiKey& key) {
  if (state.find_api_key(key.digest) != nullptr) return true;
  const TenantSpace* tenant = state.find_tenant(key.tenant);
  return tenant != nullptr && tenant->keys.contains(key.id);
}

}  // namespace

StorageResult<Outcome> FlatfileStorage::insert_tenant(const InsertTenant& insert) {
  if (!is_within_limits(insert.tenant) || !is_within_limits(insert.first_key) ||
      !is_within_limits(insert.audit)) {
    return invalid_argument("insert_tenant: a field is out of its limits");
  }
  if (insert.first_key.tenant != insert.tenant.id || insert.audit.tenant != insert.tenant.id) {
    return invalid_argument("insert_tenant: key and audit entry must be of the same tenant");
  }
  return transact(insert.tenant.created_at,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    if (state.find_tenant(insert.tenant.id) != nullptr ||
                        is_key_taken(state, insert.first_key) ||
                        (insert.rp_id_exclusive && is_rp_id_taken(state, insert.tenant.rp_id))) {
                      return Outcome::kAlreadyExists;
                    }
                    Tenant row = insert.tenant;
                    row.generation = 1;
                    ApiKey key = insert.first_key;
                    key.version = 1;
                    changes.put_tenant(row, insert.rp_id_exclusive);
                    changes.put_api_key(key);
                    changes.append_audit(insert.audit);
                    return Outcome::kDone;
                  });
}

StorageResult<Outcome> FlatfileStorage::update_tenant(const Guard& guard, const Tenant& tenant,
                                                      const AuditEntry& audit) {
  if (!is_within_limits(tenant) || !fits(audit, guard) || tenant.id != guard.tenant) {
    return invalid_argument("update_tenant: a field is out of its limits");
  }
  if (!guard.tenant_generation) {
    return invalid_argument("update_tenant: the guard must name the generation");
  }
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    const Outcome standing = check_guard(state, guard, true);
                    if (standing != Outcome::kDone) return standing;
                    const TenantSpace& known = *state.find_tenant(guard.tenant);
                    Tenant row = tenant;
                    row.rp_id = known.row.rp_id;
                    row.created_at = known.row.created_at;
                    row.generation = known.row.generation + 1;
                    changes.put_tenant(row, known.rp_id_exclusive);
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

StorageResult<Outcome> FlatfileStorage::erase_tenant(const Guard& guard, const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("erase_tenant: the audit entry");
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    const Outcome standing = check_guard(state, guard, true);
                    if (standing != Outcome::kDone) return standing;
                    changes.erase_tenant(guard.tenant);
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

StorageResult<std::optional<Tenant>> FlatfileStorage::find_tenant(const TenantId& id) {
  return read([&](const State& state) -> StorageResult<std::optional<Tenant>> {
    const TenantSpace* tenant = state.find_tenant(id);
    return tenant == nullptr ? std::optional<Tenant>() : std::optional<Tenant>(tenant->row);
  });
}

StorageResult<Page<Tenant>> FlatfileStorage::list_tenants(const PageRequest& page) {
  const auto after = TenantId::from(page.after);
  if (!is_valid(page) || (!page.after.empty() && !after)) {
    return invalid_argument("list_tenants: the page");
  }
  return read([&](const State& state) -> StorageResult<Page<Tenant>> {
    Page<Tenant> answer;
    auto next = after ? state.tenants().upper_bound(*after) : state.tenants().begin();
    for (; next != state.tenants().end() && answer.items.size() < page.limit; ++next) {
      answer.items.push_back(next->second.row);
    }
    if (next != state.tenants().end()) answer.next = to_bytes(answer.items.back().id.view());
    return answer;
  });
}

StorageResult<std::optional<ApiKeyAccess>> FlatfileStorage::find_api_key(const Digest& digest,
                                                                         UnixMillis now) {
  return read([&](const State& state) -> StorageResult<std::optional<ApiKeyAccess>> {
    const ApiKey* key = state.find_api_key(digest);
    if (key == nullptr || !is_alive(*key, now)) return std::optional<ApiKeyAccess>();
    const TenantSpace& tenant = *state.find_tenant(key->tenant);
    return std::optional(
        ApiKeyAccess{*key, tenant.row.generation, tenant.row.enabled, state.installation.epoch});
  });
}

StorageResult<Outcome> FlatfileStorage::insert_api_key(const Guard& guard, const ApiKey& key,
                                                       std::uint32_t max_keys,
                                                       const AuditEntry& audit) {
  if (!is_within_limits(key) || !fits(audit, guard) || key.tenant != guard.tenant ||
      max_keys > kMaxApiKeysPerTenant) {
    return invalid_argument("insert_api_key: a field is out of its limits");
  }
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    const Outcome standing = check_guard(state, guard);
                    if (standing != Outcome::kDone) return standing;
                    if (is_key_taken(state, key)) return Outcome::kAlreadyExists;
                    const auto& keys = state.find_tenant(guard.tenant)->keys;
                    const auto alive = std::ranges::count_if(
                        keys, [&](const auto& entry) { return is_alive(entry.second, guard.now); });
                    if (alive >= static_cast<std::ptrdiff_t>(max_keys)) {
                      return Outcome::kLimitReached;
                    }
                    ApiKey row = key;
                    row.version = 1;
                    changes.put_api_key(row);
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

StorageResult<Outcome> FlatfileStorage::replace_api_key(
    const Guard& guard, const ApiKeyId& replaced, std::uint64_t expected_version,
    UnixMillis replaced_expires_at, const ApiKey& key, const AuditEntry& audit) {
  if (!is_within_limits(key) || !fits(audit, guard) || key.tenant != guard.tenant) {
    return invalid_argument("replace_api_key: a field is out of its limits");
  }
  return transact(
      guard.now, [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
        const Outcome standing = check_guard(state, guard);
        if (standing != Outcome::kDone) return standing;
        const auto& keys = state.find_tenant(guard.tenant)->keys;
        const auto found = keys.find(replaced);
        if (found == keys.end() || !is_alive(found->second, guard.now)) {
          return Outcome::kNotFound;
        }
        const ApiKey& old = found->second;
        if (old.version != expected_version) return Outcome::kVersionChanged;
        if (is_key_taken(state, key)) return Outcome::kAlreadyExists;
        for (const auto& [id, other] : keys) {
          if (other.lineage == old.lineage && other.lineage_number < old.lineage_number) {
            changes.erase_api_key(guard.tenant, id);
          }
        }
        if (replaced_expires_at <= guard.now) {
          changes.erase_api_key(guard.tenant, replaced);
        } else {
          ApiKey expiring = old;
          expiring.expires_at = replaced_expires_at;
          ++expiring.version;
          changes.put_api_key(expiring);
        }
        ApiKey row = key;
        row.version = 1;
        changes.put_api_key(row);
        changes.append_audit(audit);
        return Outcome::kDone;
      });
}

StorageResult<Outcome> FlatfileStorage::erase_api_key(const Guard& guard, const ApiKeyId& id,
                                                      const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("erase_api_key: the audit entry");
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    const Outcome standing = check_guard(state, guard);
                    if (standing != Outcome::kDone) return standing;
                    if (!state.find_tenant(guard.tenant)->keys.contains(id)) {
                      return Outcome::kNotFound;
                    }
                    changes.erase_api_key(guard.tenant, id);
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

StorageResult<std::vector<ApiKey>> FlatfileStorage::list_api_keys(const TenantId& tenant,
                                                                  UnixMillis now) {
  return read([&](const State& state) -> StorageResult<std::vector<ApiKey>> {
    std::vector<ApiKey> alive;
    const TenantSpace* space = state.find_tenant(tenant);
    if (space == nullptr) return alive;
    for (const auto& [id, key] : space->keys) {
      if (is_alive(key, now)) alive.push_back(key);
    }
    std::ranges::stable_sort(alive, {}, &ApiKey::created_at);
    if (alive.size() > kMaxApiKeysPerTenant) alive.resize(kMaxApiKeysPerTenant);
    return alive;
  });
}

}  // namespace masterkey2::flatfile
