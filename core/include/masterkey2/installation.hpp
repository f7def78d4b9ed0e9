// The one row that says what a store is.
#pragma once

#include <cstdint>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

struct Installation {
  Digest id;                ///< random, made at initialisation
  std::uint64_t epoch = 1;  ///< raised after a restore: older tokens die
  UnixMillis created_at = 0;
  /// When its rows were last put back from a copy: by a restore, after which the operator raises
  /// the epoch, or by an import, which does not. 0: never.
  UnixMillis epoch_raised_at = 0;
  std::uint64_t heartbeat = 0;  ///< counts up; an older store shows a lower one
  UnixMillis heartbeat_at = 0;

  bool operator==(const Installation&) const = default;
};

}  // namespace masterkey2
