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
    const bool lost = error.kind() == SqlErrorKind::kLost || error.kind() == SqlErrorKind::kGone;
    const bool stale = lost && trials.reused && !trials.fresh;
    trials.fresh = true;
    return stale ? Next::kAgain : Next::kGiveUp;
  }
  trials.doubt = StorageError{StorageErrorCode::kOutcomeUnknown,
                              "the fate of a COMMIT is not known: " + error.error().detail};
  if (unsettled == Unsettled::kUnknown) return Next::kGiveUp;
  if (unsettled == Unsettled::kAskAudit) {
    if (trials.witness == nullptr) return Next::kGiveUp;
    try {
      Pool::Lease lease = pool_.acquire(trials.last_start, Mode::kStatements, true);
      const Fate fate = fate_of(*trials.witness, lease.connection());
      lease.give_back();
      if (fate == Fate::kStored) return Next::kStored;
      // What an earlier attempt has left may come yet, too.
      const bool may_come = fate == Fate::kNotSoFar || trials.at_once || trials.in_doubt != nullptr;
      if (!may_come) trials.doubt.reset();
      trials.in_doubt = may_come ? trials.witness : nullptr;
    } catch (const SqlError&) {
      return Next::kGiveUp;
    }
  }
  trials.fresh = true;
  return Next::kAgain;
}

MysqlStorage::Fate MysqlStorage::fate_of(const AuditEntry& witness, Connection& connection) {
  // A locking read: it waits while the transaction in question still holds the entry.
  const bool stored = connection
                          .query(
                              "SELECT 1 FROM audit WHERE tenant = ? AND chain = ? AND "
                              "sequence = ? LOCK IN SHARE MODE",
                              {witness.tenant, witness.chain, witness.sequence})
                          .next();
  if (stored) return Fate::kStored;
  // On Galera this may be another node than before, and locks are each node's own: there the
  // transaction may still be on its way.
  return connection.facts().galera ? Fate::kNotSoFar : Fate::kNotStored;
}

}  // namespace masterkey2::mysql
