// MysqlStorage: tenants.
#include "guards.hpp"
#include "rows.hpp"
#include "run.hpp"
#include "sweep.hpp"
#include "tenant_lock.hpp"

namespace masterkey2::mysql {
namespace {

/// Rows of an erased tenant that one call removes; the rest is left to purge_expired.
constexpr std::uint64_t kSweepAtOnce = 2'000;

void insert_rows(Transaction& transaction, const InsertTenant& insert) {
  const Tenant& tenant = insert.tenant;
  const std::optional<std::string> exclusive =
      insert.rp_id_exclusive ? std::optional(tenant.rp_id) : std::nullopt;
  transaction.execute(
      "INSERT INTO tenants (id, generation, enabled, name, rp_id, exclusive_rp_id, created_at, "
      "settings, signing_keys, key_set) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, 1)",
      {tenant.id, tenant.enabled, tenant.name, tenant.rp_id, exclusive, tenant.created_at,
       tenant.settings, encode_signing_keys(tenant.signing_keys)});
  insert_api_key_row(transaction, insert.first_key);
}

/// Rows of an earlier tenant with this id must not come to life again.
void finish_erasing(Transaction& transaction, const TenantId& tenant) {
  if (!transaction.query("SELECT 1 FROM erased_tenants WHERE id = ? FOR UPDATE", {tenant}).next()) {
    return;
  }
  if (sweep_tenant(transaction, tenant, kSweepAtOnce) == kSweepAtOnce) {
    throw SqlError({StorageErrorCode::kUnavailable,
                    "the rows of an erased tenant with this id are still being removed"});
  }
}

}  // namespace

StorageResult<Outcome> MysqlStorage::insert_tenant(const InsertTenant& insert) {
  if (!is_within_limits(insert.tenant) || !is_within_limits(insert.first_key) ||
      !is_within_limits(insert.audit)) {
    return invalid_argument("insert_tenant: a field is out of its limits");
  }
  if (insert.first_key.tenant != insert.tenant.id || insert.audit.tenant != insert.tenant.id) {
    return invalid_argument("insert_tenant: key and audit entry must be of the same tenant");
  }
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    finish_erasing(transaction, insert.tenant.id);
    try {
      insert_rows(transaction, insert);
    } catch (const SqlError& error) {
      if (error.kind() != SqlErrorKind::kDuplicate) throw;
      return Outcome::kAlreadyExists;
    }
    transaction.append_audit(insert.audit);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MysqlStorage::update_tenant(const Guard& guard, const Tenant& tenant,
                                                   const AuditEntry& audit) {
  if (!is_within_limits(tenant) || !fits(audit, guard) || tenant.id != guard.tenant) {
    return invalid_argument("update_tenant: a field is out of its limits");
  }
  if (!guard.tenant_generation) {
    return invalid_argument("update_tenant: the guard must name the generation");
  }
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    lock_tenant(transaction, guard.tenant);
    const Outcome standing = check_guard(transaction, guard, true);
    if (standing != Outcome::kDone) return standing;
    transaction.execute(
        "UPDATE tenants SET generation = generation + 1, enabled = ?, name = ?, settings = ?, "
        "signing_keys = ? WHERE id = ?",
        {tenant.enabled, tenant.name, tenant.settings, encode_signing_keys(tenant.signing_keys),
         tenant.id});
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MysqlStorage::erase_tenant(const Guard& guard, const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("erase_tenant: the audit entry");
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    lock_tenant(transaction, guard.tenant);
    const Outcome standing = check_guard(transaction, guard, true);
    if (standing != Outcome::kDone) return standing;
    transaction.execute("DELETE FROM api_keys WHERE tenant = ?", {guard.tenant});
    transaction.execute("DELETE FROM tenants WHERE id = ?", {guard.tenant});
    // Without its row nothing of the tenant is found any more. What is left of a large one goes
    // piece by piece.
    transaction.execute("INSERT INTO erased_tenants (id) VALUES (?)", {guard.tenant});
    static_cast<void>(sweep_tenant(transaction, guard.tenant, kSweepAtOnce));
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<std::optional<Tenant>> MysqlStorage::find_tenant(const TenantId& id) {
  return read<std::optional<Tenant>>([&](Connection& connection) {
    Rows rows = connection.query(
        "SELECT" MASTERKEY2_TENANT_COLUMNS("t") "FROM tenants t WHERE t.id = ?", {id});
    return rows.next() ? std::optional<Tenant>(read_tenant(rows)) : std::nullopt;
  });
}

StorageResult<Page<Tenant>> MysqlStorage::list_tenants(const PageRequest& page) {
  if (!is_valid(page) || (!page.after.empty() && !TenantId::from(page.after))) {
    return invalid_argument("list_tenants: the page");
  }
  return read<Page<Tenant>>([&](Connection& connection) {
    Rows rows = connection.query("SELECT" MASTERKEY2_TENANT_COLUMNS(
                                     "t") "FROM tenants t WHERE t.id > ? ORDER BY t.id LIMIT ?",
                                 {page.after, page.limit + 1});
    Page<Tenant> answer;
    while (rows.next()) {
      if (answer.items.size() == page.limit) {
        answer.next = to_bytes(answer.items.back().id.view());
        break;
      }
      answer.items.push_back(read_tenant(rows));
    }
    return answer;
  });
}

}  // namespace masterkey2::mysql
