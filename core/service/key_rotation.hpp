// POST /rotate-key: a new API key for the one that asks.
#pragma once

#include <cstdint>
#include <string>

#include "service/access.hpp"

namespace masterkey2 {

struct RotatedKey {
  std::string api_key;  ///< shown once
  std::string prefix;
};

/// The new key keeps name and scopes. The old one lives for `overlap_seconds` (0–86,400) more; with
/// 0 it is dead, in every process, when this has answered. rotation_pending for a key that is in
/// its overlap.
[[nodiscard]] ApiResult<RotatedKey> rotate_key(Services& services, const ApiKeyAccess& access,
                                               std::int64_t overlap_seconds, const Call& call);

}  // namespace masterkey2
