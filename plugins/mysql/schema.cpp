#include "schema.hpp"

#include <unistd.h>

#include <random>
#include <string_view>

#include "migrations.hpp"

namespace masterkey2::mysql {
namespace {

constexpr std::int64_t kLockMillis = 30'000;
constexpr int kMostConflicts = 20;

constexpr std::string_view kCreateSchemaTable = R"(CREATE TABLE IF NOT EXISTS masterkey2_schema (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  version INT UNSIGNED NOT NULL,
  migrating_to INT UNSIGNED NULL,
  locked_by BINARY(16) NULL,
  locked_until BIGINT NULL
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)";

// The lock lapses by the database's clock, the same for all that want it.
constexpr std::string_view kTakeLock = R"(UPDATE masterkey2_schema
SET locked_by = ?, locked_until = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ?
WHERE one = 1 AND (locked_until IS NULL OR locked_by = ?
  OR locked_until < CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)))";

bool has_table(Connection& connection, std::string_view name) {
  return connection
      .query(
          "SELECT 1 FROM information_schema.tables "
          "WHERE table_schema = DATABASE() AND table_name = ?",
          {name})
      .next();
}

/// One statement on the schema's row; again if it lost to one of another Galera node, which may
/// have come too late for the lock itself.
std::uint64_t write_row(Connection& connection, std::string_view sql, const Params& params) {
  for (int left = kMostConflicts;; --left) {
    try {
      return connection.execute(sql, params);
    } catch (const SqlError& error) {
      if (error.kind() != SqlErrorKind::kConflict || left == 0) throw;
    }
  }
}

void apply(Connection& connection, const Migration& migration, SchemaLock& lock) {
  write_row(connection, "UPDATE masterkey2_schema SET migrating_to = ? WHERE one = 1",
            {migration.to_version});
  for (const std::string_view statement : migration.statements) {
    lock.renew();
    connection.command(statement);
  }
  write_row(connection,
            "UPDATE masterkey2_schema SET version = ?, migrating_to = NULL WHERE one = 1",
            {migration.to_version});
}

}  // namespace

SchemaLock::SchemaLock(Connection& connection) : connection_(connection) {
  std::random_device random;
  for (std::uint8_t& byte : owner_.bytes) byte = static_cast<std::uint8_t>(random());
  renew();
}

void SchemaLock::renew() {
  if (write_row(connection_, kTakeLock, {owner_, kLockMillis, owner_}) == 0) {
    throw SqlError({StorageErrorCode::kConflict,
                    "another process is making or migrating this schema; try again in a minute"});
  }
}

void SchemaLock::release() {
  write_row(
      connection_,
      "UPDATE masterkey2_schema SET locked_by = NULL, locked_until = NULL WHERE locked_by = ?",
      {owner_});
}

SchemaState read_schema_state(Connection& connection) {
  SchemaState state;
  if (!has_table(connection, "masterkey2_schema")) {
    const bool any =
        connection
            .query(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() LIMIT 1",
                {})
            .next();
    // Ours comes first of all tables: another process may be making them just now.
    if (!any || !has_table(connection, "masterkey2_schema")) {
      state.kind = any ? SchemaState::Kind::kForeign : SchemaState::Kind::kEmpty;
      return state;
    }
  }
  state.kind = SchemaState::Kind::kOurs;
  {
    Rows rows =
        connection.query("SELECT version, migrating_to FROM masterkey2_schema WHERE one = 1", {});
    if (rows.next()) {
      state.version = rows.small<std::uint32_t>();
      if (!rows.is_null()) state.migrating_to = rows.small<std::uint32_t>();
    }
  }
  if (state.version > 0) {
    // In one statement: both come with one COMMIT.
    Rows rows = connection.query(
        "SELECT (SELECT COUNT(*) FROM installation), (SELECT COUNT(*) FROM heartbeat)", {});
    if (!rows.next()) throw SqlError({StorageErrorCode::kInternal, "no answer to a SELECT"});
    state.initialized = rows.boolean();
    // An import writes this row first and the installation last.
    state.half_imported = rows.boolean() && !state.initialized;
  }
  return state;
}

void require_served(const SchemaState& state) {
  const auto incompatible = [](std::string detail) -> SqlError {
    return SqlError({StorageErrorCode::kIncompatible, std::move(detail)});
  };
  const std::string ours = std::to_string(kSchemaVersion);
  const std::string theirs = std::to_string(state.version);
  if (state.kind == SchemaState::Kind::kEmpty) {
    throw SqlError({StorageErrorCode::kNotInitialized, "the database is empty"});
  }
  if (state.kind == SchemaState::Kind::kForeign) {
    throw incompatible(
        "the database holds tables that are not MasterKey2's: it has no schema "
        "number, this program needs schema " +
        ours);
  }
  if (state.migrating_to) {
    throw incompatible("the database's schema was left half way from " + theirs + " to " +
                       std::to_string(*state.migrating_to) + ", this program needs schema " + ours +
                       ": run `masterkey2ctl storage migrate`, or restore a backup");
  }
  if (state.version < kSchemaVersion && state.version > 0) {
    throw incompatible("the database has schema " + theirs + ", this program needs schema " + ours +
                       ": run `masterkey2ctl storage migrate`");
  }
  if (state.version > kSchemaVersion + 1) {
    throw incompatible("the database has schema " + theirs + ", this program knows schema " + ours +
                       ": it is too old for it");
  }
  if (state.half_imported) {
    throw incompatible(
        "the database holds half an import: run `masterkey2ctl storage import` again, or empty the "
        "database");
  }
  if (!state.initialized) {
    throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation yet"});
  }
}

bool require_free(const SchemaState& state) {
  if (state.kind == SchemaState::Kind::kEmpty) return true;
  if (state.kind == SchemaState::Kind::kOurs && state.version == 0) return true;  // begun once
  const bool another = state.kind == SchemaState::Kind::kForeign || state.migrating_to ||
                       state.version > kSchemaVersion;
  if (state.initialized || another) require_served(state);
  return !state.initialized;
}

void migrate(Connection& connection) {
  connection.command(kCreateSchemaTable);
  write_row(connection,
            "INSERT INTO masterkey2_schema (one, version) VALUES (1, 0) "
            "ON DUPLICATE KEY UPDATE one = 1",
            {});
  SchemaLock lock(connection);
  // Read again under the lock: another may have been here before.
  std::uint32_t version = read_schema_state(connection).version;
  for (const Migration& migration : migrations()) {
    if (migration.to_version <= version) continue;
    apply(connection, migration, lock);
    version = migration.to_version;
  }
  lock.release();
}

}  // namespace masterkey2::mysql
