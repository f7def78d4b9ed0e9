// MysqlStorage: the installation, and what has expired.
#include <utility>

#include "migrations.hpp"
#include "run.hpp"
#include "schema.hpp"
#include "sweep.hpp"

namespace masterkey2::mysql {
namespace {

/// Making tables, copying rows: nobody waits for an answer in a request.
constexpr std::chrono::hours kAtLeisure{240};
/// For one statement, or for a server that does not answer.
constexpr std::chrono::seconds kPatience{600};

Outcome insert_installation(Connection& connection, const Installation& installation) {
  connection.command("START TRANSACTION");
  try {
    connection.execute(
        "INSERT INTO installation (one, id, epoch, created_at, epoch_raised_at) "
        "VALUES (1, ?, ?, ?, ?)",
        {installation.id, installation.epoch, installation.created_at,
         installation.epoch_raised_at});
    connection.execute("INSERT INTO heartbeat (one, count, at) VALUES (1, ?, ?)",
                       {installation.heartbeat, installation.heartbeat_at});
    connection.execute("INSERT INTO revocation_order (one, last) VALUES (1, 0)", {});
  } catch (const SqlError& error) {
    if (error.kind() != SqlErrorKind::kDuplicate) throw;
    connection.command("ROLLBACK");
    return Outcome::kAlreadyExists;
  }
  connection.command("COMMIT");
  return Outcome::kDone;
}

}  // namespace

MysqlStorage::MysqlStorage(MysqlOptions options, HostServices& host)
    : compound_statements_(options.compound_statements), pool_(std::move(options), host) {}

Pool::Lease MysqlStorage::lease_at_leisure(bool any_schema) {
  Pool::Lease lease = pool_.acquire_patient(Clock::now() + kStartWithin, any_schema, kPatience);
  lease.connection().set_last_start(Clock::now() + kAtLeisure);
  return lease;
}

StorageResult<Storage::Migrated> MysqlStorage::migrate() {
  try {
    Pool::Lease lease = lease_at_leisure(true);
    Connection& connection = lease.connection();
    const SchemaState state = read_schema_state(connection);
    const bool older = state.kind == SchemaState::Kind::kOurs && state.version < kSchemaVersion &&
                       state.migrating_to.value_or(kSchemaVersion) <= kSchemaVersion;
    if (!older) {
      require_served(state);
      return Migrated{state.version, state.version};
    }
    mysql::migrate(connection);
    return Migrated{state.version, kSchemaVersion};
  } catch (const SqlError& error) {
    return error.error();
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

StorageResult<Outcome> MysqlStorage::initialize(const Installation& installation) {
  try {
    Pool::Lease lease = lease_at_leisure(true);
    Connection& connection = lease.connection();
    const SchemaState state = read_schema_state(connection);
    if (state.half_imported) require_served(state);
    if (!require_free(state)) return Outcome::kAlreadyExists;
    mysql::migrate(connection);
    return insert_installation(connection, installation);
  } catch (const SqlError& error) {
    return error.error();
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

StorageResult<Installation> MysqlStorage::read_installation() {
  return read<Installation>([](Connection& connection) {
    Rows rows = connection.query(
        "SELECT i.id, i.epoch, i.created_at, i.epoch_raised_at, h.count, h.at "
        "FROM installation i JOIN heartbeat h ON h.one = i.one",
        {});
    if (!rows.next()) {
      throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation"});
    }
    Installation installation;
    installation.id = rows.id<Digest>();
    installation.epoch = rows.unsigned_integer();
    installation.created_at = rows.integer();
    installation.epoch_raised_at = rows.integer();
    installation.heartbeat = rows.unsigned_integer();
    installation.heartbeat_at = rows.integer();
    return installation;
  });
}

StorageResult<Outcome> MysqlStorage::raise_epoch(std::uint64_t expected, UnixMillis now) {
  return transact<Outcome>(Unsettled::kUnknown, [&](Transaction& transaction) {
    const std::uint64_t matched = transaction.execute(
        "UPDATE installation SET epoch = epoch + 1, epoch_raised_at = ? "
        "WHERE one = 1 AND epoch = ?",
        {now, expected});
    return matched == 1 ? Outcome::kDone : Outcome::kEpochChanged;
  });
}

StorageResult<void> MysqlStorage::write_heartbeat(std::uint64_t heartbeat, UnixMillis now) {
  const auto done = transact<Outcome>(Unsettled::kRepeat, [&](Transaction& transaction) {
    transaction.execute("UPDATE heartbeat SET count = ?, at = ? WHERE one = 1 AND count < ?",
                        {heartbeat, now, heartbeat});
    return Outcome::kDone;
  });
  if (!done) return done.error();
  return {};
}

StorageResult<void> MysqlStorage::check() {
  const auto checked = read<Outcome>([](Connection& connection) {
    Rows rows = connection.query(
        "SELECT @@global.read_only, (SELECT COUNT(*) FROM installation), "
        "(SELECT COUNT(*) FROM heartbeat)",
        {});
    if (!rows.next()) throw SqlError({StorageErrorCode::kInternal, "no answer to a SELECT"});
    if (rows.boolean()) {
      throw SqlError({StorageErrorCode::kUnavailable, "the database server is read-only"});
    }
    if (rows.unsigned_integer() != 1 || rows.unsigned_integer() != 1) {
      throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation"});
    }
    return Outcome::kDone;
  });
  if (!checked) return checked.error();
  return {};
}

StorageResult<std::optional<UnixMillis>> MysqlStorage::storage_time() {
  return read<std::optional<UnixMillis>>([](Connection& connection) {
    Rows rows = connection.query("SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)", {});
    return rows.next() ? std::optional<UnixMillis>(rows.integer()) : std::nullopt;
  });
}

StorageResult<std::uint64_t> MysqlStorage::purge_expired(UnixMillis now, std::uint32_t limit) {
  return transact<std::uint64_t>(
      Unsettled::kRepeat, [&](Transaction& transaction) { return purge(transaction, now, limit); });
}

}  // namespace masterkey2::mysql
