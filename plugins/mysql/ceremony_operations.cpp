// MysqlStorage: authentication ceremonies, up to a finished sign-in.
#include <algorithm>
#include <utility>
#include <vector>

#include "compound.hpp"
#include "guards.hpp"
#include "rows.hpp"
#include "run.hpp"

namespace masterkey2::mysql {
namespace {

constexpr std::string_view kReadStanding =
    "SELECT" MASTERKEY2_GUARD_COLUMNS MASTERKEY2_GUARD_TABLES;

// A row for each of the owner's credentials: in one column, GROUP_CONCAT, they cost the server five
// times as much.
constexpr std::string_view kReadSignIn =
    "SELECT o.position, o.id," MASTERKEY2_GUARD_COLUMNS
    "," MASTERKEY2_CREDENTIAL_COLUMNS("c") "," MASTERKEY2_USER_COLUMNS("u") MASTERKEY2_GUARD_TABLES
    "LEFT JOIN credentials c ON c.tenant = t.id AND c.id = ? "
    "LEFT JOIN users u ON u.tenant = c.tenant AND u.handle = c.user "
    "LEFT JOIN credentials o ON o.tenant = c.tenant AND o.user = c.user";

// Changes nothing unless the record is the one that the verdict rests on.
constexpr std::string_view kUpdateCredential =
    "UPDATE credentials SET sign_count = ?, backup_state = ?, uv_initialized = ?, "
    "counter_suspect = ?, last_used_at = ?, version = version + 1 "
    "WHERE tenant = ? AND id = ? AND user = ? AND version = ?";

// Inserts the sign-in if all that it rests on holds, and holds that until COMMIT. Its primary key
// is the claim on the ceremony.
constexpr std::string_view kInsertSignIn =
    "INSERT INTO claims (" MASTERKEY2_SIGN_IN_INSERT
    ") "
    "SELECT ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?" MASTERKEY2_GUARD_TABLES
    "JOIN users u ON u.tenant = t.id AND u.handle = ? AND u.enabled = 1 "
    "JOIN credentials c ON c.tenant = t.id AND c.id = ? AND c.user = u.handle "
    "WHERE" MASTERKEY2_GUARD_HOLDS "LOCK IN SHARE MODE";

// Why it did not: in the order of P9.
constexpr std::string_view kExplainSignIn =
    "SELECT" MASTERKEY2_GUARD_COLUMNS
    ", s.id IS NOT NULL, u.handle IS NOT NULL, u.enabled, c.id IS NOT NULL, "
    "c.version" MASTERKEY2_GUARD_TABLES
    "LEFT JOIN claims s ON s.tenant = t.id AND s.id = ? "
    "LEFT JOIN users u ON u.tenant = t.id AND u.handle = ? "
    "LEFT JOIN credentials c ON c.tenant = t.id AND c.id = ? AND c.user = ? LOCK IN SHARE MODE";

struct PlacedId {
  std::uint64_t position = 0;
  Bytes id;
};

PlacedId read_placed_id(Rows& rows) {
  const std::uint64_t position = rows.unsigned_integer();
  return {position, rows.bytes()};
}

/// Of kUpdateCredential; none without an update.
Params update_params(const CommitSignIn& commit) {
  if (!commit.update) return {};
  const CredentialUpdate& update = *commit.update;
  return {update.sign_count,
          update.backup_state,
          update.uv_initialized,
          update.counter_suspect,
          update.last_used_at,
          commit.guard.tenant,
          commit.sign_in.credential_id,
          commit.sign_in.user,
          update.expected_version};
}

/// Of kInsertSignIn.
Params insert_params(const CommitSignIn& commit) {
  const SignIn& row = commit.sign_in;
  return joined({sign_in_params(commit.guard.tenant, row, commit.session_expires_at),
                 guard_tables(commit.guard),
                 {row.user, row.credential_id},
                 guard_holds(commit.guard)});
}

/// False if the credential is not as the update expects it.
bool update_credential(Transaction& transaction, const CommitSignIn& commit) {
  if (!commit.update) return true;
  return transaction.execute(kUpdateCredential, update_params(commit)) == 1;
}

/// False if something that the sign-in rests on does not hold, or its ceremony is used.
bool insert_sign_in(Transaction& transaction, const CommitSignIn& commit) {
  try {
    return transaction.execute(kInsertSignIn, insert_params(commit)) == 1;
  } catch (const SqlError& error) {
    if (error.kind() != SqlErrorKind::kDuplicate) throw;
    return false;
  }
}

/// `updated`: the credential was as expected, and is one version further by now.
Outcome explain(Transaction& transaction, const CommitSignIn& commit, bool updated) {
  const SignIn& sign_in = commit.sign_in;
  Rows rows = transaction.query(
      kExplainSignIn, joined({guard_tables(commit.guard),
                              {sign_in.id, sign_in.user, sign_in.credential_id, sign_in.user}}));
  if (!rows.next()) {
    throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation"});
  }
  const Outcome standing = check_guard(GuardRow::read(rows), commit.guard);
  if (standing != Outcome::kDone) return standing;
  if (rows.boolean()) return Outcome::kClaimTaken;
  if (!rows.boolean()) return Outcome::kUserGone;
  if (!rows.boolean()) return Outcome::kUserDisabled;
  if (!rows.boolean()) return Outcome::kNotFound;
  if (!updated && rows.unsigned_integer() != commit.update->expected_version) {
    return Outcome::kVersionChanged;
  }
  throw SqlError(SqlErrorKind::kConflict, StorageErrorCode::kConflict,
                 "a sign-in lost against a concurrent change");
}

}  // namespace

StorageResult<Standing> MysqlStorage::read_standing(const TenantId& tenant,
                                                    const std::optional<TokenId>& session_token) {
  return read<Standing>([&](Connection& connection) {
    Rows rows =
        connection.query(kReadStanding, guard_tables(standing_guard(tenant, session_token)));
    if (!rows.next()) {
      throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation"});
    }
    return GuardRow::read(rows).standing();
  });
}

StorageResult<SignInView> MysqlStorage::read_sign_in(const TenantId& tenant, ByteView credential_id,
                                                     const TokenId& session_token) {
  return read<SignInView>([&](Connection& connection) {
    Rows rows = connection.query(
        kReadSignIn,
        joined({guard_tables(standing_guard(tenant, session_token)), {credential_id}}));
    if (!rows.next()) {
      throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation"});
    }
    std::vector<PlacedId> ids = {read_placed_id(rows)};
    SignInView view;
    view.standing = GuardRow::read(rows).standing();
    view.credential = read_credential(rows);
    view.user = read_user(rows);
    if (!view.credential) return view;
    while (rows.next()) ids.push_back(read_placed_id(rows));
    std::ranges::sort(ids, {}, &PlacedId::position);
    for (PlacedId& placed : ids) view.credential_ids.push_back(std::move(placed.id));
    return view;
  });
}

StorageResult<Outcome> MysqlStorage::commit_sign_in(const CommitSignIn& commit) {
  if (!is_within_limits(commit.sign_in) || !fits(commit.audit, commit.guard)) {
    return invalid_argument("commit_sign_in: a field is out of its limits");
  }
  const auto step_by_step = [&](Transaction& transaction) {
    // The credential first: of two sign-ins with one passkey, the second waits here.
    if (!update_credential(transaction, commit)) return explain(transaction, commit, false);
    if (!insert_sign_in(transaction, commit)) return explain(transaction, commit, true);
    transaction.append_audit(commit.audit);
    return Outcome::kDone;
  };
  return run<Outcome>(compound_statements_ ? Mode::kStatements : Mode::kTransactions,
                      Unsettled::kAskAudit, [&](Attempt<Outcome>& attempt) {
                        if (commit_at_once(attempt, commit)) return Outcome::kDone;
                        return in_transaction(attempt, step_by_step);
                      });
}

bool MysqlStorage::commit_at_once(Attempt<Outcome>& attempt, const CommitSignIn& commit) {
  static const std::string with_update =
      compound_transaction({kUpdateCredential, kInsertSignIn, kInsertAudit});
  static const std::string without = compound_transaction({kInsertSignIn, kInsertAudit});
  if (attempt.sql.facts().galera) compound_statements_ = false;
  // In doubt, who has stored the entry must be known, or that it was there.
  if (!compound_statements_ || attempt.in_doubt) return false;
  attempt.sent = Outcome::kDone;
  attempt.witness = &commit.audit;
  attempt.at_once = true;
  try {
    attempt.sql.execute(
        commit.update ? with_update : without,
        joined({update_params(commit), insert_params(commit), audit_params(commit.audit)}));
    return true;
  } catch (const SqlError& error) {
    const bool unknown = error.kind() == SqlErrorKind::kUnknown;
    if (unknown) compound_statements_ = false;
    const bool sent = error.kind() != SqlErrorKind::kGone && !unknown;
    if (sent && !error.rolled_back()) throw;
    attempt.sent.reset();
    attempt.witness = nullptr;
    attempt.at_once = false;
    const bool refused =
        error.kind() == SqlErrorKind::kNoRow || error.kind() == SqlErrorKind::kDuplicate;
    if (!unknown && !refused) throw;
    return false;
  }
}

StorageResult<Outcome> MysqlStorage::confirm_sign_in(const Guard& guard, const TokenId& sign_in,
                                                     UnixMillis takeable_until,
                                                     const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("confirm_sign_in: the audit entry");
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    Rows rows = transaction.query(
        "SELECT purge_at, confirmed FROM claims WHERE tenant = ? AND id = ? AND kind = 1 "
        "FOR UPDATE",
        {guard.tenant, sign_in});
    if (!rows.next() || guard.now > rows.integer()) return Outcome::kNotFound;
    if (rows.boolean()) return Outcome::kAlreadyExists;
    transaction.execute(
        "UPDATE claims SET confirmed = 1, takeable_until = ?, purge_at = GREATEST(purge_at, ?) "
        "WHERE tenant = ? AND id = ?",
        {takeable_until, takeable_until, guard.tenant, sign_in});
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

}  // namespace masterkey2::mysql
