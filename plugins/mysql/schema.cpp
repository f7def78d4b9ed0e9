#include "schema.hpp"

#include <unistd.h>

#include <random>
#include <string_view>

#include "migrations.hpp"

namespace masterkey2::mysql {
namespace {

constexpr std::int64_t kLockMillis = 30'000;

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

struct LockOwnerTag;
using LockOwner = Identifier<LockOwnerTag, 16>;

LockOwner draw_owner() {
  std::random_device random;
  LockOwner owner;
  for (std::uint8_t& byte : owner.bytes) byte = static_cast<std::uint8_t>(random());
  return owner;
}

void take_lock(Connection& connection, const LockOwner& owner) {
  if (connection.execute(kTakeLock, {owner, kLockMillis, owner}) == 0) {
    throw SqlError({StorageErrorCode::kConflict,
                    "another process is making or migrating this schema; try again in a minute"});
  }
}

bool has_table(Connection& connection, std::string_view name) {
  return connection
      .query(
          "SELECT 1 FROM information_schema.tables "
          "WHERE table_schema = DATABASE() AND table_name = ?",
          {name})
      .next();
}

void apply(Connection& connection, const Migration& migration, const LockOwner& owner) {
  connection.execute("UPDATE masterkey2_schema SET migrating_to = ? WHERE one = 1",
                     {migration.to_version});
  for (const std::string_view statement : migration.statements) {
    take_lock(connection, owner);
    connection.command(statement);
  }
  connection.execute("UPDATE masterkey2_schema SET version = ?, migrating_to = NULL WHERE one = 1",
                     {migration.to_version});
}

}  // namespace

SchemaState read_schema_state(Connection& connection) {
  SchemaState state;
  if (!has_table(connection, "masterkey2_schema")) {
    const bool any =
        connection
            .query(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() LIMIT 1",
                {})
            .next();
    state.kind = any ? SchemaState::Kind::kForeign : SchemaState::Kind::kEmpty;
    return state;
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
    state.initialized = connection.query("SELECT 1 FROM installation WHERE one = 1", {}).next();
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
                       ": run `masterkey2ctl storage init` again, or restore a backup");
  }
  if (state.version < kSchemaVersion && state.version > 0) {
    throw incompatible("the database has schema " + theirs + ", this program needs schema " + ours +
                       ": it is to be migrated first");
  }
  if (state.version > kSchemaVersion + 1) {
    throw incompatible("the database has schema " + theirs + ", this program knows schema " + ours +
                       ": it is too old for it");
  }
  if (!state.initialized) {
    throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation yet"});
  }
}

void migrate(Connection& connection) {
  connection.command(kCreateSchemaTable);
  connection.execute(
      "INSERT INTO masterkey2_schema (one, version) VALUES (1, 0) "
      "ON DUPLICATE KEY UPDATE one = 1",
      {});
  const LockOwner owner = draw_owner();
  take_lock(connection, owner);
  // Read again under the lock: another may have been here before.
  std::uint32_t version = read_schema_state(connection).version;
  for (const Migration& migration : migrations()) {
    if (migration.to_version <= version) continue;
    apply(connection, migration, owner);
    version = migration.to_version;
  }
  connection.execute(
      "UPDATE masterkey2_schema SET locked_by = NULL, locked_until = NULL WHERE locked_by = ?",
      {owner});
}

}  // namespace masterkey2::mysql
