// Whose schema is in the database, and how it comes there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "connection.hpp"

namespace masterkey2::mysql {

struct SchemaState {
  enum class Kind {
    kEmpty,    ///< no tables
    kForeign,  ///< tables, but not ours
    kOurs,
  } kind = Kind::kEmpty;
  std::uint32_t version = 0;
  std::optional<std::uint32_t> migrating_to;
  bool initialized = false;  ///< the installation's row is there
  bool half_imported = false;
};

[[nodiscard]] SchemaState read_schema_state(Connection& connection);

/// Throws kNotInitialized or kIncompatible unless this program can serve what is there.
void require_served(const SchemaState& state);

/// True if a new store may be made in what is there: nothing, or a schema without an installation.
/// False if there is a store that this program serves; anything else is thrown.
[[nodiscard]] bool require_free(const SchemaState& state);

/// One at a time over all hosts makes, migrates or fills a schema: the lock is a committed row,
/// which also Galera's other nodes see; it lapses 30 s after the last renewal.
class SchemaLock {
 public:
  /// kConflict (thrown) while another holds it. The schema's table must be there.
  explicit SchemaLock(Connection& connection);
  void renew();
  void release();

 private:
  struct OwnerTag;
  Connection& connection_;
  Identifier<OwnerTag, 16> owner_;
};

/// Leads an empty database, or ours of an earlier version, to kSchemaVersion. kConflict while
/// another is at it.
void migrate(Connection& connection);

}  // namespace masterkey2::mysql
