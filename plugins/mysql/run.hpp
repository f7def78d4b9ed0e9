// How MysqlStorage runs an operation: deadline, retries, lost connections. For the files that
// define operations.
#pragma once

#include <exception>
#include <utility>

#include "mysql_storage.hpp"
#include "transaction.hpp"

namespace masterkey2::mysql {

/// Statements start within this time of a call; the last one ends within the timeout.
inline constexpr std::chrono::seconds kStartWithin{1};

/// Does the answer ask for the changes to be kept? (P9)
[[nodiscard]] inline bool is_kept(Outcome outcome) { return outcome == Outcome::kDone; }
[[nodiscard]] inline bool is_kept(const PutUserResult& result) {
  return result.outcome == Outcome::kDone;
}
[[nodiscard]] inline bool is_kept(std::uint64_t) { return true; }

template <class T, class Work>
StorageResult<T> MysqlStorage::run(Mode mode, Unsettled unsettled, Work&& work) {
  try {
    Trials trials{.last_start = Clock::now() + kStartWithin};
    std::optional<T> sent;  // by the attempt that is in doubt
    while (true) {
      try {
        trials.sent = false;
        trials.witness = nullptr;
        trials.at_once = false;
        Pool::Lease lease = pool_.acquire(trials.last_start, mode, trials.fresh);
        trials.reused = lease.reused();
        Attempt<T> attempt{.sql = lease.connection(), .in_doubt = trials.in_doubt != nullptr};
        try {
          lease.connection().set_mode(lease.mode());
          T answer = work(attempt);
          if (!attempt.in_doubt || attempt.witness != nullptr) {
            lease.give_back();
            return answer;
          }
          // Refused, perhaps because the attempt before it has taken effect by now. Not given back:
          // the question may begin a transaction.
          const bool stored = fate_of(*trials.in_doubt, lease.connection()) == Fate::kStored;
          return stored ? StorageResult<T>(std::move(*sent)) : *trials.doubt;
        } catch (const SqlError& error) {
          trials.sent = attempt.sent.has_value();
          trials.witness = attempt.witness;
          trials.at_once = attempt.at_once;
          if (attempt.sent) sent = std::move(attempt.sent);
          if (error.kind() == SqlErrorKind::kConflict) {
            // A deadlock ends the transaction, a lock wait does not.
            lease.connection().command("ROLLBACK");
            lease.give_back();
          }
          throw;
        }
      } catch (const SqlError& error) {
        // The connection is closed or back in the pool by now.
        switch (judge(error, unsettled, trials)) {
          case Next::kAgain:
            continue;
          case Next::kStored:
            return std::move(*sent);
          case Next::kGiveUp:
            return trials.doubt ? *trials.doubt : error.error();
        }
      }
    }
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

template <class T, class Work>
StorageResult<T> MysqlStorage::read(Work&& work) {
  return run<T>(Mode::kStatements, Unsettled::kRepeat,
                [&work](Attempt<T>& attempt) -> T { return work(attempt.sql); });
}

/// `work(transaction)`, where a duplicate key means that somebody was faster since we looked.
template <class Work>
auto looked_up(Work&& work, Transaction& transaction) {
  try {
    return work(transaction);
  } catch (const SqlError& error) {
    if (error.kind() != SqlErrorKind::kDuplicate) throw;
    throw SqlError(SqlErrorKind::kConflict, StorageErrorCode::kConflict, error.what());
  }
}

/// One attempt: statement by statement.
template <class T, class Work>
T in_transaction(Attempt<T>& attempt, Work&& work) {
  if (attempt.sql.mode() == Mode::kStatements) attempt.sql.command("START TRANSACTION");
  Transaction transaction(attempt.sql);
  T answer = looked_up(work, transaction);
  const bool settled = !attempt.in_doubt || transaction.witness() != nullptr;
  if (!transaction.changed() || !is_kept(answer) || !settled) {
    attempt.sql.command("ROLLBACK");
    return answer;
  }
  attempt.sent = answer;
  attempt.witness = transaction.witness();
  attempt.sql.command("COMMIT");
  return answer;
}

template <class T, class Work>
StorageResult<T> MysqlStorage::transact(Unsettled unsettled, Work&& work) {
  return run<T>(Mode::kTransactions, unsettled,
                [&work](Attempt<T>& attempt) -> T { return in_transaction(attempt, work); });
}

}  // namespace masterkey2::mysql
