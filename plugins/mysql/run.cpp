#include "run.hpp"

namespace masterkey2::mysql {
namespace {

/// Attempts that lose against concurrent changes before the caller hears of it.
constexpr int kMaxFailures = 8;

}  // namespace

MysqlStorage::Next MysqlStorage::judge(const SqlError& error, Unsettled unsettled, Trials& trials) {
  if (error.kind() == SqlErrorKind::kNotSent) return Next::kGiveUp;
  if (++trials.failures >= kMaxFailures) return Next::kGiveUp;
  if (error.kind() == SqlErrorKind::kConflict) {
    // Also at COMMIT, where Galera certifies: rolled back.
    return Clock::now() > trials.last_start ? Next::kGiveUp : Next::kAgain;
  }
  if (!trials.sent) {
    // Nothing has happened. A connection that idled may have died with the server's last restart.
    const bool stale = error.kind() == SqlErrorKind::kLost && trials.reused && !trials.fresh;
    trials.fresh = true;
    return stale ? Next::kAgain : Next::kGiveUp;
  }
  trials.doubt = StorageError{StorageErrorCode::kOutcomeUnknown,
                              "the fate of a COMMIT is not known: " + error.error().detail};
  if (unsettled == Unsettled::kUnknown) return Next::kGiveUp;
  if (unsettled == Unsettled::kAskAudit) {
    if (trials.witness == nullptr) return Next::kGiveUp;
    try {
      if (was_stored(*trials.witness, trials.last_start)) return Next::kStored;
    } catch (const SqlError&) {
      return Next::kGiveUp;
    }
    trials.doubt.reset();
  }
  trials.fresh = true;
  return Next::kAgain;
}

bool MysqlStorage::was_stored(const AuditEntry& witness, Clock::time_point last_start) {
  Pool::Lease lease = pool_.acquire(last_start, true);
  Connection& connection = lease.connection();
  // A locking read: it waits while the transaction in question still holds the entry.
  const bool stored = connection
                          .query(
                              "SELECT 1 FROM audit WHERE tenant = ? AND chain = ? AND "
                              "sequence = ? LOCK IN SHARE MODE",
                              {witness.tenant, witness.chain, witness.sequence})
                          .next();
  lease.give_back();
  if (!stored && connection.facts().galera) {
    // This may be another node than before, where the transaction is still on its way.
    throw SqlError({StorageErrorCode::kOutcomeUnknown, "not stored on this node so far"});
  }
  return stored;
}

}  // namespace masterkey2::mysql
