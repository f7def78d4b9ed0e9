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
};

[[nodiscard]] SchemaState read_schema_state(Connection& connection);

/// Throws kNotInitialized or kIncompatible unless this program can serve what is there.
void require_served(const SchemaState& state);

/// Leads an empty database, or ours of an earlier version, to kSchemaVersion. One at a time over
/// all hosts: the lock is a committed row, which also Galera's other nodes see; it lapses if its
/// holder dies. kConflict while another holds it.
void migrate(Connection& connection);

}  // namespace masterkey2::mysql
