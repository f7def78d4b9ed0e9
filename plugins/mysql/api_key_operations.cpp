// MysqlStorage: API keys.
#include "guards.hpp"
#include "rows.hpp"
#include "run.hpp"
#include "tenant_lock.hpp"

namespace masterkey2::mysql {
namespace {

#define MASTERKEY2_KEY_IS_ALIVE " (expires_at = 0 OR expires_at > ?) "

bool is_key_taken(Transaction& transaction, const ApiKey& key) {
  return transaction
             .query("SELECT 1 FROM api_keys WHERE tenant = ? AND id = ?", {key.tenant, key.id})
             .next() ||
         transaction.query("SELECT 1 FROM api_keys WHERE digest = ?", {key.digest}).next();
}

std::uint64_t count_alive(Transaction& transaction, const Guard& guard) {
  Rows rows = transaction.query(
      "SELECT COUNT(*) FROM api_keys WHERE tenant = ? AND" MASTERKEY2_KEY_IS_ALIVE,
      {guard.tenant, guard.now});
  return rows.next() ? rows.unsigned_integer() : 0;
}

/// The key with this id, if it is alive.
std::optional<ApiKey> find_alive(Transaction& transaction, const Guard& guard, const ApiKeyId& id) {
  Rows rows = transaction.query(
      "SELECT" MASTERKEY2_API_KEY_COLUMNS(
          "k") "FROM api_keys k WHERE k.tenant = ? AND k.id = ? AND" MASTERKEY2_KEY_IS_ALIVE
               "FOR UPDATE",
      {guard.tenant, id, guard.now});
  return rows.next() ? std::optional<ApiKey>(read_api_key(rows)) : std::nullopt;
}

void expire(Transaction& transaction, const ApiKey& key, UnixMillis expires_at, UnixMillis now) {
  if (expires_at <= now) {
    transaction.execute("DELETE FROM api_keys WHERE tenant = ? AND id = ?", {key.tenant, key.id});
    return;
  }
  transaction.execute(
      "UPDATE api_keys SET expires_at = ?, version = version + 1 WHERE tenant = ? AND id = ?",
      {expires_at, key.tenant, key.id});
}

}  // namespace

void insert_api_key_row(Transaction& transaction, const ApiKey& key) {
  transaction.execute(
      "INSERT INTO api_keys (tenant, id, digest, prefix, name, scopes, lineage, lineage_number, "
      "created_at, expires_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
      {key.tenant, key.id, key.digest, key.prefix, key.name, key.scopes, key.lineage,
       key.lineage_number, key.created_at, key.expires_at});
}

StorageResult<std::optional<ApiKeyAccess>> MysqlStorage::find_api_key(const Digest& digest,
                                                                      UnixMillis now) {
  return read<std::optional<ApiKeyAccess>>([&](Connection& connection) {
    Rows rows = connection.query(
        "SELECT" MASTERKEY2_API_KEY_COLUMNS("k")
        ", t.generation, t.enabled, i.epoch FROM api_keys k JOIN tenants t ON t.id = k.tenant "
        "JOIN installation i ON i.one = 1 WHERE k.digest = ? AND" MASTERKEY2_KEY_IS_ALIVE,
        {digest, now});
    if (!rows.next()) return std::optional<ApiKeyAccess>();
    ApiKeyAccess access;
    access.key = read_api_key(rows);
    access.tenant_generation = rows.unsigned_integer();
    access.tenant_enabled = rows.boolean();
    access.epoch = rows.unsigned_integer();
    return std::optional<ApiKeyAccess>(std::move(access));
  });
}

StorageResult<Outcome> MysqlStorage::insert_api_key(const Guard& guard, const ApiKey& key,
                                                    std::uint32_t max_keys,
                                                    const AuditEntry& audit) {
  if (!is_within_limits(key) || !fits(audit, guard) || key.tenant != guard.tenant ||
      max_keys > kMaxApiKeysPerTenant) {
    return invalid_argument("insert_api_key: a field is out of its limits");
  }
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    lock_tenant(transaction, guard.tenant);
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    if (is_key_taken(transaction, key)) return Outcome::kAlreadyExists;
    if (count_alive(transaction, guard) >= max_keys) return Outcome::kLimitReached;
    insert_api_key_row(transaction, key);
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MysqlStorage::replace_api_key(const Guard& guard, const ApiKeyId& replaced,
                                                     std::uint64_t expected_version,
                                                     UnixMillis replaced_expires_at,
                                                     const ApiKey& key, const AuditEntry& audit) {
  if (!is_within_limits(key) || !fits(audit, guard) || key.tenant != guard.tenant) {
    return invalid_argument("replace_api_key: a field is out of its limits");
  }
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    lock_tenant(transaction, guard.tenant);
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    const auto old = find_alive(transaction, guard, replaced);
    if (!old) return Outcome::kNotFound;
    if (old->version != expected_version) return Outcome::kVersionChanged;
    if (is_key_taken(transaction, key)) return Outcome::kAlreadyExists;
    transaction.execute(
        "DELETE FROM api_keys WHERE tenant = ? AND lineage = ? AND lineage_number < ?",
        {guard.tenant, old->lineage, old->lineage_number});
    expire(transaction, *old, replaced_expires_at, guard.now);
    insert_api_key_row(transaction, key);
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MysqlStorage::erase_api_key(const Guard& guard, const ApiKeyId& id,
                                                   const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("erase_api_key: the audit entry");
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    lock_tenant(transaction, guard.tenant);
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    const std::uint64_t erased =
        transaction.execute("DELETE FROM api_keys WHERE tenant = ? AND id = ?", {guard.tenant, id});
    if (erased == 0) return Outcome::kNotFound;
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<std::vector<ApiKey>> MysqlStorage::list_api_keys(const TenantId& tenant,
                                                               UnixMillis now) {
  return read<std::vector<ApiKey>>([&](Connection& connection) {
    Rows rows = connection.query("SELECT" MASTERKEY2_API_KEY_COLUMNS("k")
                                 "FROM api_keys k JOIN tenants t ON t.id = k.tenant "
                                 "WHERE k.tenant = ? AND" MASTERKEY2_KEY_IS_ALIVE
                                 "ORDER BY k.created_at, k.id LIMIT ?",
                                 {tenant, now, kMaxApiKeysPerTenant});
    std::vector<ApiKey> alive;
    while (rows.next()) alive.push_back(read_api_key(rows));
    return alive;
  });
}

}  // namespace masterkey2::mysql
