// MysqlStorage: credentials, and finishing a registration.
#include <algorithm>

#include "guards.hpp"
#include "rows.hpp"
#include "run.hpp"
#include "user_lock.hpp"

namespace masterkey2::mysql {
namespace {

// All that a registration rests on, read after its user's set of credentials was locked.
constexpr std::string_view kRegistrationView =
    "SELECT" MASTERKEY2_GUARD_COLUMNS
    ", ceremony.id IS NOT NULL, token.id IS NOT NULL, u.handle IS NOT NULL, u.enabled, "
    "c.id IS NOT NULL, (SELECT COUNT(*) FROM credentials o WHERE o.tenant = ? AND o.user = ?), "
    "u.credential_set" MASTERKEY2_GUARD_TABLES
    "LEFT JOIN claims ceremony ON ceremony.tenant = t.id AND ceremony.id = ? "
    "LEFT JOIN claims token ON token.tenant = t.id AND token.id = ? "
    "LEFT JOIN users u ON u.tenant = t.id AND u.handle = ? "
    "LEFT JOIN credentials c ON c.tenant = t.id AND c.id = ? LOCK IN SHARE MODE";

struct RegistrationView {
  Outcome outcome = Outcome::kDone;
  std::uint64_t position = 0;  ///< for the new credential, after all others of the user
};

RegistrationView view_registration(Transaction& transaction, const CommitRegistration& commit) {
  const CredentialRecord& credential = commit.credential;
  const TenantId& tenant = commit.guard.tenant;
  Rows rows = transaction.query(
      kRegistrationView,
      joined({{tenant, credential.user},
              guard_tables(commit.guard),
              {commit.ceremony.id, commit.user_token.id, credential.user, credential.id}}));
  if (!rows.next()) {
    throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation"});
  }
  const Outcome standing = check_guard(GuardRow::read(rows), commit.guard);
  if (standing != Outcome::kDone) return {standing};
  if (rows.boolean()) return {Outcome::kClaimTaken};
  if (rows.boolean()) return {Outcome::kTokenUsed};
  if (!rows.boolean()) return {Outcome::kUserGone};
  if (!rows.boolean()) return {Outcome::kUserDisabled};
  if (rows.boolean()) return {Outcome::kAlreadyExists};
  if (rows.unsigned_integer() >= commit.max_credentials) return {Outcome::kLimitReached};
  return {Outcome::kDone, rows.unsigned_integer()};
}

void insert_claims(Transaction& transaction, const TenantId& tenant, const Claim& first,
                   const Claim& second) {
  if (first.id == second.id) {
    const UnixMillis keep_until = std::max(first.keep_until, second.keep_until);
    transaction.execute(
        "INSERT INTO claims (tenant, id, kind, purge_at, keep_until) VALUES (?, ?, 0, ?, ?)",
        {tenant, first.id, keep_until, keep_until});
    return;
  }
  transaction.execute(
      "INSERT INTO claims (tenant, id, kind, purge_at, keep_until) "
      "VALUES (?, ?, 0, ?, ?), (?, ?, 0, ?, ?)",
      {tenant, first.id, first.keep_until, first.keep_until, tenant, second.id, second.keep_until,
       second.keep_until});
}

void insert_credential(Transaction& transaction, const TenantId& tenant,
                       const CredentialRecord& credential, std::uint64_t position) {
  const Bytes transports = encode_transports(credential.transports);
  transaction.execute(
      "INSERT INTO credentials (tenant, id, user, position, public_key, algorithm, sign_count, "
      "uv_initialized, backup_eligible, backup_state, counter_suspect, aaguid, "
      "attestation_format, transports, discoverable, name, created_at, last_used_at, version, "
      "extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
      {tenant, credential.id, credential.user, position, credential.public_key,
       credential.algorithm, credential.sign_count, credential.uv_initialized,
       credential.backup_eligible, credential.backup_state, credential.counter_suspect,
       credential.aaguid, credential.attestation_format, transports, credential.discoverable,
       credential.name, credential.created_at, credential.last_used_at, credential.extra});
}

}  // namespace

StorageResult<Outcome> MysqlStorage::rename_credential(const Guard& guard,
                                                       std::string_view external_id,
                                                       ByteView credential_id,
                                                       std::string_view name,
                                                       const AuditEntry& audit) {
  if (!fits(audit, guard) || name.size() > kMaxNameSize) {
    return invalid_argument("rename_credential: a field is out of its limits");
  }
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    const auto user = lock_user(transaction, guard.tenant, external_id);
    if (!user) return Outcome::kUserGone;
    const std::uint64_t renamed = transaction.execute(
        "UPDATE credentials SET name = ?, version = version + 1 "
        "WHERE tenant = ? AND id = ? AND user = ?",
        {name, guard.tenant, credential_id, *user});
    if (renamed == 0) return Outcome::kNotFound;
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MysqlStorage::erase_credential(const Guard& guard,
                                                      std::string_view external_id,
                                                      ByteView credential_id,
                                                      const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("erase_credential: the audit entry");
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    const auto user = lock_user(transaction, guard.tenant, external_id);
    if (!user) return Outcome::kUserGone;
    lock_credential_set(transaction, guard.tenant, *user);
    const std::uint64_t erased =
        transaction.execute("DELETE FROM credentials WHERE tenant = ? AND id = ? AND user = ?",
                            {guard.tenant, credential_id, *user});
    if (erased == 0) return Outcome::kNotFound;
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MysqlStorage::commit_registration(const CommitRegistration& commit) {
  if (!is_within_limits(commit.credential) || !fits(commit.audit, commit.guard) ||
      commit.max_credentials < 1 || commit.max_credentials > kMaxCredentialsPerUser) {
    return invalid_argument("commit_registration: a field is out of its limits");
  }
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    lock_credential_set(transaction, commit.guard.tenant, commit.credential.user);
    const RegistrationView view = view_registration(transaction, commit);
    if (view.outcome != Outcome::kDone) return view.outcome;
    insert_claims(transaction, commit.guard.tenant, commit.ceremony, commit.user_token);
    insert_credential(transaction, commit.guard.tenant, commit.credential, view.position);
    transaction.append_audit(commit.audit);
    return Outcome::kDone;
  });
}

}  // namespace masterkey2::mysql
