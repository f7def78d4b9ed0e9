// MysqlStorage: users.
#include "guards.hpp"
#include "rows.hpp"
#include "run.hpp"
#include "user_lock.hpp"

namespace masterkey2::mysql {
namespace {

constexpr std::string_view kUserByExternalId =
    "SELECT" MASTERKEY2_GUARD_COLUMNS "," MASTERKEY2_USER_COLUMNS("u") MASTERKEY2_GUARD_TABLES
    "LEFT JOIN users u ON u.tenant = t.id AND u.external_id = ?";
constexpr std::string_view kUserByHandle =
    "SELECT" MASTERKEY2_GUARD_COLUMNS "," MASTERKEY2_USER_COLUMNS("u") MASTERKEY2_GUARD_TABLES
    "LEFT JOIN users u ON u.tenant = t.id AND u.handle = ?";

// One row for each credential, or one without.
#define MASTERKEY2_WITH_CREDENTIALS \
  "LEFT JOIN credentials c ON c.tenant = u.tenant AND c.user = u.handle ORDER BY c.position"
constexpr std::string_view kUserAndCredentialsByExternalId =
    "SELECT" MASTERKEY2_GUARD_COLUMNS
    "," MASTERKEY2_USER_COLUMNS("u") "," MASTERKEY2_CREDENTIAL_COLUMNS("c") MASTERKEY2_GUARD_TABLES
    "LEFT JOIN users u ON u.tenant = t.id AND u.external_id = ? " MASTERKEY2_WITH_CREDENTIALS;
constexpr std::string_view kUserAndCredentialsByHandle =
    "SELECT" MASTERKEY2_GUARD_COLUMNS
    "," MASTERKEY2_USER_COLUMNS("u") "," MASTERKEY2_CREDENTIAL_COLUMNS("c") MASTERKEY2_GUARD_TABLES
    "LEFT JOIN users u ON u.tenant = t.id AND u.handle = ? " MASTERKEY2_WITH_CREDENTIALS;

UserView read_view(Connection& connection, std::string_view sql, const Params& params,
                   bool with_credentials) {
  Rows rows = connection.query(sql, params);
  UserView view;
  while (rows.next()) {
    view.standing = GuardRow::read(rows).standing();
    view.user = read_user(rows);
    if (!with_credentials) continue;
    if (auto credential = read_credential(rows)) {
      view.credentials.push_back(std::move(*credential));
    }
  }
  return view;
}

std::optional<UserAccount> find_for_update(Transaction& transaction, const TenantId& tenant,
                                           std::string_view external_id) {
  Rows rows =
      transaction.query("SELECT" MASTERKEY2_USER_COLUMNS(
                            "u") "FROM users u WHERE u.tenant = ? AND u.external_id = ? FOR UPDATE",
                        {tenant, external_id});
  return rows.next() ? read_user(rows) : std::nullopt;
}

PutUserResult update_names(Transaction& transaction, const PutUser& put, UserAccount known) {
  PutUserResult answer;
  if (!known.enabled) {
    answer.outcome = Outcome::kUserDisabled;
    answer.user = std::move(known);
    return answer;
  }
  answer.user = known;
  if (put.set_display_name) answer.user.display_name = put.user.display_name;
  if (put.set_username) answer.user.username = put.user.username;
  if (answer.user == known) return answer;
  ++answer.user.version;
  transaction.execute(
      "UPDATE users SET display_name = ?, username = ?, version = version + 1 "
      "WHERE tenant = ? AND handle = ?",
      {answer.user.display_name, answer.user.username, put.guard.tenant, known.handle});
  transaction.append_audit(put.audit);
  return answer;
}

PutUserResult create_user(Transaction& transaction, const PutUser& put) {
  PutUserResult answer;
  const UserAccount& user = put.user;
  if (transaction
          .query("SELECT 1 FROM users WHERE tenant = ? AND handle = ?",
                 {put.guard.tenant, user.handle})
          .next()) {
    answer.outcome = Outcome::kAlreadyExists;
    return answer;
  }
  transaction.execute(
      "INSERT INTO users (tenant, handle, external_id, display_name, username, enabled, "
      "created_at, version, extra, credential_set) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, 0)",
      {put.guard.tenant, user.handle, user.external_id, user.display_name, user.username,
       user.enabled, user.created_at, user.extra});
  transaction.append_audit(put.audit);
  answer.user = user;
  answer.user.version = 1;
  answer.created = true;
  return answer;
}

}  // namespace

std::optional<UserHandle> lock_user(Transaction& transaction, const TenantId& tenant,
                                    std::string_view external_id) {
  Rows rows =
      transaction.query("SELECT handle FROM users WHERE tenant = ? AND external_id = ? FOR UPDATE",
                        {tenant, external_id});
  return rows.next() ? std::optional<UserHandle>(rows.id<UserHandle>()) : std::nullopt;
}

StorageResult<UserView> MysqlStorage::find_user(const TenantId& tenant,
                                                std::string_view external_id,
                                                bool with_credentials) {
  return read<UserView>([&](Connection& connection) {
    const std::string_view sql =
        with_credentials ? kUserAndCredentialsByExternalId : kUserByExternalId;
    return read_view(connection, sql,
                     joined({guard_tables(standing_guard(tenant, std::nullopt)), {external_id}}),
                     with_credentials);
  });
}

StorageResult<UserView> MysqlStorage::find_user(const TenantId& tenant, const UserHandle& handle,
                                                bool with_credentials,
                                                const std::optional<TokenId>& session_token) {
  return read<UserView>([&](Connection& connection) {
    const std::string_view sql = with_credentials ? kUserAndCredentialsByHandle : kUserByHandle;
    const Guard guard = standing_guard(tenant, session_token);
    return read_view(connection, sql, joined({guard_tables(guard), {handle}}), with_credentials);
  });
}

StorageResult<Page<UserAccount>> MysqlStorage::list_users(const TenantId& tenant,
                                                          const PageRequest& page) {
  if (!is_valid(page)) return invalid_argument("list_users: the page");
  return read<Page<UserAccount>>([&](Connection& connection) {
    Rows rows = connection.query("SELECT" MASTERKEY2_USER_COLUMNS("u")
                                 "FROM users u JOIN tenants t ON t.id = u.tenant "
                                 "WHERE u.tenant = ? AND u.external_id > ? "
                                 "ORDER BY u.external_id LIMIT ?",
                                 {tenant, page.after, page.limit + 1});
    Page<UserAccount> answer;
    while (rows.next()) {
      if (answer.items.size() == page.limit) {
        answer.next = to_bytes(as_bytes(answer.items.back().external_id));
        break;
      }
      answer.items.push_back(*read_user(rows));
    }
    return answer;
  });
}

StorageResult<PutUserResult> MysqlStorage::put_user(const PutUser& put) {
  if (!is_within_limits(put.user) || !fits(put.audit, put.guard)) {
    return invalid_argument("put_user: a field is out of its limits");
  }
  return transact<PutUserResult>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    PutUserResult refused;
    refused.outcome = check_guard(transaction, put.guard);
    if (refused.outcome != Outcome::kDone) return refused;
    auto known = find_for_update(transaction, put.guard.tenant, put.user.external_id);
    return known ? update_names(transaction, put, std::move(*known))
                 : create_user(transaction, put);
  });
}

StorageResult<Outcome> MysqlStorage::set_user_enabled(const Guard& guard,
                                                      std::string_view external_id, bool enabled,
                                                      const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("set_user_enabled: the audit entry");
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    const auto user = find_for_update(transaction, guard.tenant, external_id);
    if (!user) return Outcome::kUserGone;
    if (user->enabled == enabled) return Outcome::kDone;
    transaction.execute(
        "UPDATE users SET enabled = ?, version = version + 1 WHERE tenant = ? AND handle = ?",
        {enabled, guard.tenant, user->handle});
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MysqlStorage::erase_user(const Guard& guard, std::string_view external_id,
                                                const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("erase_user: the audit entry");
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    const auto user = lock_user(transaction, guard.tenant, external_id);
    if (!user) return Outcome::kUserGone;
    transaction.execute("DELETE FROM credentials WHERE tenant = ? AND user = ?",
                        {guard.tenant, *user});
    transaction.execute("DELETE FROM users WHERE tenant = ? AND handle = ?", {guard.tenant, *user});
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

}  // namespace masterkey2::mysql
