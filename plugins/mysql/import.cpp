// MysqlStorage: a new store from rows, some hundred a transaction. The heartbeat's row comes first
// and says that an import has begun, the installation's comes last and says that it is whole.
#include <algorithm>
#include <array>
#include <utility>

#include "masterkey2/limits.hpp"
#include "rows.hpp"
#include "run.hpp"
#include "schema.hpp"

namespace masterkey2::mysql {
namespace {

constexpr std::uint32_t kRowsPerTransaction = 500;
constexpr std::uint32_t kRowsPerDelete = 5'000;

/// Children before parents, and nothing that says that there is a store.
constexpr std::array<std::string_view, 11> kEmptyTables = {
    "DELETE FROM audit LIMIT ?",
    "DELETE FROM ephemerals LIMIT ?",
    "DELETE FROM revocations LIMIT ?",
    "DELETE FROM session_marks LIMIT ?",
    "DELETE FROM claims LIMIT ?",
    "DELETE FROM credentials LIMIT ?",
    "DELETE FROM users LIMIT ?",
    "DELETE FROM api_keys LIMIT ?",
    "DELETE FROM erased_tenants LIMIT ?",
    "DELETE FROM tenants LIMIT ?",
    "DELETE FROM revocation_order LIMIT ?",
};

class Importer {
 public:
  Importer(Connection& connection, SchemaLock& lock) : connection_(connection), lock_(lock) {}

  void begin() {
    connection_.execute(
        "INSERT INTO heartbeat (one, count, at) VALUES (1, 0, 0) ON DUPLICATE KEY UPDATE one = 1",
        {});
    for (const std::string_view statement : kEmptyTables) {
      do {
        lock_.renew();
      } while (connection_.execute(statement, {kRowsPerDelete}) == kRowsPerDelete);
    }
  }

  void put(const StoredRow& row) {
    if (in_transaction_ == 0) connection_.command("START TRANSACTION");
    std::visit([this](const auto& one) { add(one); }, row);
    if (++in_transaction_ < kRowsPerTransaction) return;
    commit();
    lock_.renew();
  }

  /// What is committed stays half an import, for the next one to remove.
  void give_up() {
    if (in_transaction_ > 0) connection_.command("ROLLBACK");
    lock_.release();
  }

  void finish() {
    commit();
    connection_.command("START TRANSACTION");
    connection_.execute("UPDATE heartbeat SET count = ?, at = ? WHERE one = 1",
                        {installation_.heartbeat, installation_.heartbeat_at});
    connection_.execute("INSERT INTO revocation_order (one, last) VALUES (1, ?)", {revocations_});
    connection_.execute(
        "INSERT INTO installation (one, id, epoch, created_at, epoch_raised_at) "
        "VALUES (1, ?, ?, ?, ?)",
        {installation_.id, installation_.epoch, installation_.created_at,
         installation_.epoch_raised_at});
    lock_.release();
    connection_.command("COMMIT");
  }

 private:
  void commit() {
    if (std::exchange(in_transaction_, 0) > 0) connection_.command("COMMIT");
  }

  void add(const Installation& row) { installation_ = row; }

  void add(const StoredTenant& row) {
    const Tenant& tenant = row.tenant;
    const auto exclusive = row.rp_id_exclusive ? std::optional(tenant.rp_id) : std::nullopt;
    connection_.execute(
        "INSERT INTO tenants (id, generation, enabled, name, rp_id, exclusive_rp_id, created_at, "
        "settings, signing_keys, key_set) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        {tenant.id, tenant.generation, tenant.enabled, tenant.name, tenant.rp_id, exclusive,
         tenant.created_at, tenant.settings, encode_signing_keys(tenant.signing_keys)});
  }

  void add(const ApiKey& key) {
    connection_.execute(
        "INSERT INTO api_keys (tenant, id, digest, prefix, name, scopes, lineage, lineage_number, "
        "created_at, expires_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {key.tenant, key.id, key.digest, key.prefix, key.name, key.scopes, key.lineage,
         key.lineage_number, key.created_at, key.expires_at, key.version});
  }

  void add(const StoredUser& row) {
    const UserAccount& user = row.user;
    position_ = 0;
    // New credentials are placed by `credential_set`: after all that can come here.
    connection_.execute(
        "INSERT INTO users (tenant, handle, external_id, display_name, username, enabled, "
        "created_at, version, extra, credential_set) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {row.tenant, user.handle, user.external_id, user.display_name, user.username, user.enabled,
         user.created_at, user.version, user.extra, kMaxCredentialsPerUser});
  }

  void add(const StoredCredential& row) {
    const CredentialRecord& credential = row.credential;
    const Bytes transports = encode_transports(credential.transports);
    connection_.execute(
        "INSERT INTO credentials (tenant, id, user, position, public_key, algorithm, sign_count, "
        "uv_initialized, backup_eligible, backup_state, counter_suspect, aaguid, "
        "attestation_format, transports, discoverable, name, created_at, last_used_at, version, "
        "extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {row.tenant,
         credential.id,
         credential.user,
         ++position_,
         credential.public_key,
         credential.algorithm,
         credential.sign_count,
         credential.uv_initialized,
         credential.backup_eligible,
         credential.backup_state,
         credential.counter_suspect,
         credential.aaguid,
         credential.attestation_format,
         transports,
         credential.discoverable,
         credential.name,
         credential.created_at,
         credential.last_used_at,
         credential.version,
         credential.extra});
  }

  void add(const StoredClaim& row) {
    connection_.execute(
        "INSERT INTO claims (tenant, id, kind, purge_at, keep_until) VALUES (?, ?, 0, ?, ?)",
        {row.tenant, row.id, row.keep_until, row.keep_until});
  }

  void add(const StoredSignIn& row) {
    connection_.execute(
        "INSERT INTO claims (" MASTERKEY2_SIGN_IN_INSERT
        ") VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        sign_in_params(row.tenant, row.sign_in, row.session_expires_at));
    if (!row.taken) return;
    connection_.execute(
        "INSERT INTO audit (tenant, at, type, subject, body, purge_at, taking) "
        "VALUES (?, 0, '', '', '', ?, ?)",
        {row.tenant, std::max(row.sign_in.keep_until, row.sign_in.takeable_until), row.sign_in.id});
  }

  void add(const StoredSessionMark& row) {
    insert_mark(row, row.user);
    if (!row.several_users) return;
    UserHandle other;
    other.bytes.back() = 1;
    insert_mark(row, other);
  }
  void insert_mark(const StoredSessionMark& row, const UserHandle& user) {
    connection_.execute(
        "INSERT INTO session_marks (tenant, session_token, user, purge_at) VALUES (?, ?, ?, ?)",
        {row.tenant, row.session_token, user, row.keep_until});
  }

  void add(const StoredIdempotency& row) {
    connection_.execute(
        "UPDATE audit SET idempotency_key = ?, idempotency_body = ?, idempotency_until = ?, "
        "assertion_id = ?, purge_at = GREATEST(purge_at, ?) WHERE tenant = ? AND taking = ?",
        {row.key, row.body, row.keep_until, row.assertion_id, row.keep_until, row.tenant,
         row.sign_in});
  }

  void add(const StoredEphemeral& row) {
    connection_.execute(
        "INSERT INTO ephemerals (tenant, name, version, value, purge_at) VALUES (?, ?, ?, ?, ?)",
        {row.tenant, row.key, row.version, row.value, row.expires_at});
  }

  void add(const StoredRevocation& row) {
    connection_.execute(
        "INSERT INTO revocations (tenant, token, position, purge_at) VALUES (?, ?, ?, ?)",
        {row.tenant, row.token, ++revocations_, row.keep_until});
  }

  void add(const AuditEntry& row) { static_cast<void>(insert_audit(connection_, row)); }

  Connection& connection_;
  SchemaLock& lock_;
  std::uint32_t in_transaction_ = 0;
  Installation installation_;
  std::uint64_t position_ = 0;  ///< of the user's last credential
  std::uint64_t revocations_ = 0;
};

}  // namespace

StorageResult<Outcome> MysqlStorage::import_rows(RowSource& rows) {
  try {
    Pool::Lease lease = lease_at_leisure(true);
    Connection& connection = lease.connection();
    const SchemaState state = read_schema_state(connection);
    if (!require_free(state)) return Outcome::kAlreadyExists;
    mysql::migrate(connection);
    SchemaLock lock(connection);
    // Another may have been faster.
    if (read_schema_state(connection).initialized) return Outcome::kAlreadyExists;
    Importer importer(connection, lock);
    importer.begin();
    StoredRow row;
    for (;;) {
      const auto more = rows.next(row);
      if (!more) {
        importer.give_up();
        return more.error();
      }
      if (!*more) break;
      importer.put(row);
    }
    importer.finish();
    return Outcome::kDone;
  } catch (const SqlError& error) {
    return error.error();
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

}  // namespace masterkey2::mysql
