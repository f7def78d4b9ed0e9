// MysqlStorage: taking sign-ins, in two round trips: one read, and one insert of the audit entry
// that is the taking.
#include "guards.hpp"
#include "rows.hpp"
#include "run.hpp"

namespace masterkey2::mysql {
namespace {

// What an earlier call with the same idempotency key left; at most one row (m).
#define MASTERKEY2_MEMORY_COLUMNS \
  ", m.taking, m.idempotency_body, m.idempotency_until, m.assertion_id, "
#define MASTERKEY2_MEMORY_TABLE "LEFT JOIN audit m ON m.tenant = t.id AND m.idempotency_key = ? "

constexpr std::string_view kReadById =
    "SELECT" MASTERKEY2_GUARD_COLUMNS MASTERKEY2_MEMORY_COLUMNS
    "0, a.taking IS NOT NULL," MASTERKEY2_SIGN_IN_COLUMNS("s") "," MASTERKEY2_USER_COLUMNS("u")
        MASTERKEY2_GUARD_TABLES MASTERKEY2_MEMORY_TABLE
    "LEFT JOIN claims s ON s.tenant = t.id AND s.id = ? AND s.kind = 1 "
    "LEFT JOIN audit a ON a.tenant = s.tenant AND a.taking = s.id "
    "LEFT JOIN users u ON u.tenant = s.tenant AND u.handle = s.user";

// Up to two sign-ins that could be meant, and how many users ever signed in under the token.
constexpr std::string_view kReadBySession =
    "SELECT" MASTERKEY2_GUARD_COLUMNS MASTERKEY2_MEMORY_COLUMNS
    "(SELECT COUNT(*) FROM (SELECT user FROM claims WHERE tenant = ? AND session_token = ? "
    "AND confirmed = 1 UNION SELECT user FROM session_marks WHERE tenant = ? "
    "AND session_token = ?) everybody), "
    "0," MASTERKEY2_SIGN_IN_COLUMNS("s") "," MASTERKEY2_USER_COLUMNS("u")
        MASTERKEY2_GUARD_TABLES MASTERKEY2_MEMORY_TABLE
    "LEFT JOIN claims s ON s.tenant = t.id AND s.session_token = ? AND s.confirmed = 1 "
    "AND s.at >= ? AND s.takeable_until > ? AND NOT EXISTS (SELECT 1 FROM audit a "
    "WHERE a.tenant = s.tenant AND a.taking = s.id) "
    "LEFT JOIN users u ON u.tenant = s.tenant AND u.handle = s.user LIMIT 2";

// The taking and its audit entry in one row, if all that it rests on holds still.
constexpr std::string_view kInsertTaking =
    "INSERT INTO audit (tenant, chain, sequence, at, type, subject, body, purge_at, taking, "
    "idempotency_key, idempotency_body, idempotency_until, assertion_id) "
    "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?" MASTERKEY2_GUARD_TABLES
    "JOIN claims s ON s.tenant = t.id AND s.id = ? AND s.kind = 1 AND s.confirmed = 1 "
    "AND s.takeable_until > ? "
    "JOIN users u ON u.tenant = s.tenant AND u.handle = s.user AND u.enabled = 1 "
    "WHERE" MASTERKEY2_GUARD_HOLDS "LOCK IN SHARE MODE";

/// What an earlier call with the same idempotency key left.
struct Memory {
  TokenId sign_in;
  Digest body;
  UnixMillis until = 0;
  TokenId assertion_id;
};

std::optional<Memory> read_memory(Rows& rows) {
  if (rows.is_null()) {
    rows.skip(4);
    return std::nullopt;
  }
  Memory memory;
  memory.sign_in = rows.id<TokenId>();
  memory.body = rows.id<Digest>();
  memory.until = rows.integer();
  memory.assertion_id = rows.id<TokenId>();
  return memory;
}

/// What the store says about a take, in one moment.
struct TakeView {
  Outcome standing = Outcome::kTenantGone;
  std::optional<Memory> memory;
  std::uint64_t users_of_session = 0;
  struct Candidate {
    bool taken = false;
    SignIn sign_in;
    std::optional<UserAccount> user;
  };
  std::vector<Candidate> candidates;  ///< none, one or two
};

TakeView read_view(Connection& connection, std::string_view sql, const Params& params,
                   const Guard& guard) {
  Rows rows = connection.query(sql, params);
  TakeView view;
  while (rows.next()) {
    view.standing = check_guard(GuardRow::read(rows), guard);
    view.memory = read_memory(rows);
    view.users_of_session = rows.unsigned_integer();
    TakeView::Candidate candidate;
    candidate.taken = rows.boolean();
    auto sign_in = read_sign_in(rows);
    if (!sign_in) continue;
    candidate.sign_in = std::move(*sign_in);
    candidate.user = read_user(rows);
    view.candidates.push_back(std::move(candidate));
  }
  return view;
}

TakeView read_by_id(Connection& connection, const TakeSignIn& take, const TokenId& id) {
  const auto key = take.idempotency ? std::optional(take.idempotency->key) : std::nullopt;
  return read_view(connection, kReadById, joined({guard_tables(take.guard), {key, id}}),
                   take.guard);
}

TakeView read_take(Connection& connection, const TakeSignIn& take) {
  if (take.sign_in) return read_by_id(connection, take, *take.sign_in);
  const auto key = take.idempotency ? std::optional(take.idempotency->key) : std::nullopt;
  const TenantId& tenant = take.guard.tenant;
  const TokenId& session = *take.session_token;
  return read_view(connection, kReadBySession,
                   joined({{tenant, session, tenant, session},
                           guard_tables(take.guard),
                           {key, session, take.not_before, take.guard.now}}),
                   take.guard);
}

/// Which of the candidates; kTaken with exactly one, which is the first.
TakeOutcome choose(const TakeView& view, const TakeSignIn& take) {
  if (take.session_token) {
    if (view.users_of_session > 1 || view.candidates.size() > 1) return TakeOutcome::kAmbiguous;
    return view.candidates.empty() ? TakeOutcome::kNone : TakeOutcome::kTaken;
  }
  if (view.candidates.empty() || !view.candidates[0].sign_in.confirmed) return TakeOutcome::kNone;
  if (view.candidates[0].taken) return TakeOutcome::kAlreadyTaken;
  return take.guard.now < view.candidates[0].sign_in.takeable_until ? TakeOutcome::kTaken
                                                                    : TakeOutcome::kNone;
}

/// With the sign-in and its user: kTaken, kUserGone or kUserDisabled.
TakeResult answer_with(TakeView::Candidate candidate) {
  TakeResult answer;
  if (!candidate.user) {
    answer.outcome = TakeOutcome::kUserGone;
    return answer;
  }
  answer.user = std::move(candidate.user);
  if (!answer.user->enabled) {
    answer.outcome = TakeOutcome::kUserDisabled;
    return answer;
  }
  answer.sign_in = std::move(candidate.sign_in);
  answer.outcome = TakeOutcome::kTaken;
  return answer;
}

/// To a call whose idempotency key is known.
TakeResult answer_again(Connection& connection, const TakeSignIn& take, const Memory& memory) {
  TakeResult answer;
  answer.outcome = TakeOutcome::kIdempotencyConflict;
  if (memory.body != take.idempotency->body) return answer;
  TakeView view = read_by_id(connection, take, memory.sign_in);
  if (view.candidates.empty()) return answer;
  answer = answer_with(std::move(view.candidates[0]));
  if (answer.outcome == TakeOutcome::kTaken) answer.outcome = TakeOutcome::kTakenBefore;
  answer.assertion_id = memory.assertion_id;
  return answer;
}

/// `listed`: as the audit entry itself; else as a row beside the entry, which is there already.
/// False if something has changed since the sign-in was read.
bool insert_taking(Connection& connection, const TakeSignIn& take, const TokenId& sign_in,
                   bool listed) {
  const AuditEntry& entry = take.audit;
  const Guard& guard = take.guard;
  Params columns = {guard.tenant,  entry.chain, entry.sequence,   entry.at, entry.type,
                    entry.subject, entry.body,  entry.keep_until, sign_in};
  if (!listed) columns[1] = columns[2] = std::nullopt;
  if (take.idempotency) {
    const Idempotency& idempotency = *take.idempotency;
    columns.insert(columns.end(), {idempotency.key, idempotency.body, idempotency.keep_until,
                                   idempotency.assertion_id});
  } else {
    columns.insert(columns.end(), 4, std::nullopt);
  }
  try {
    return connection.execute(
               kInsertTaking,
               joined({columns, guard_tables(guard), {sign_in, guard.now}, guard_holds(guard)})) ==
           1;
  } catch (const SqlError& error) {
    if (error.kind() != SqlErrorKind::kDuplicate) throw;
    return false;
  }
}

void forget_memory(Connection& connection, const TakeSignIn& take) {
  connection.execute(
      "UPDATE audit SET idempotency_key = NULL WHERE tenant = ? AND idempotency_key = ? AND "
      "idempotency_until <= ?",
      {take.guard.tenant, take.idempotency->key, take.guard.now});
}

bool is_entry_there(Connection& connection, const AuditEntry& entry) {
  return connection
      .query("SELECT 1 FROM audit WHERE tenant = ? AND chain = ? AND sequence = ?",
             {entry.tenant, entry.chain, entry.sequence})
      .next();
}

/// Absent when the store has changed in between: look again.
std::optional<TakeResult> try_take(Attempt<TakeResult>& attempt, const TakeSignIn& take,
                                   bool listed) {
  Connection& connection = attempt.sql;
  TakeView view = read_take(connection, take);
  if (view.standing != Outcome::kDone) {
    TakeResult answer;
    answer.outcome = refused_by_guard(view.standing);
    return answer;
  }
  if (view.memory) {
    if (take.guard.now < view.memory->until) {
      return answer_again(connection, take, *view.memory);
    }
    forget_memory(connection, take);
  }
  TakeResult answer;
  answer.outcome = choose(view, take);
  if (answer.outcome == TakeOutcome::kTaken) {
    answer = answer_with(std::move(view.candidates[0]));
  }
  if (answer.outcome != TakeOutcome::kTaken) return answer;
  if (take.idempotency) answer.assertion_id = take.idempotency->assertion_id;
  attempt.sent = answer;
  attempt.witness = listed ? &take.audit : nullptr;
  attempt.at_once = true;
  const bool inserted = insert_taking(connection, take, answer.sign_in->id, listed);
  attempt.sent.reset();
  if (!inserted) attempt.witness = nullptr;
  return inserted ? std::optional(std::move(answer)) : std::nullopt;
}

}  // namespace

StorageResult<TakeResult> MysqlStorage::take_sign_in(const TakeSignIn& take) {
  if (!fits(take.audit, take.guard) || take.sign_in.has_value() == take.session_token.has_value()) {
    return invalid_argument("take_sign_in: one of sign_in and session_token, and an audit entry");
  }
  const auto work = [&](Attempt<TakeResult>& attempt) {
    if (auto answer = try_take(attempt, take, true)) return std::move(*answer);
    const bool listed = !is_entry_there(attempt.sql, take.audit);
    if (auto answer = try_take(attempt, take, listed)) return std::move(*answer);
    throw SqlError(SqlErrorKind::kConflict, StorageErrorCode::kConflict,
                   "a take lost against a concurrent change");
  };
  return run<TakeResult>(Mode::kStatements, Unsettled::kAskAudit, work);
}

}  // namespace masterkey2::mysql
