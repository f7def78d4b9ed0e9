// Removing what has expired, and the rows of tenants that are gone.
#pragma once

#include "transaction.hpp"

namespace masterkey2::mysql {

/// At most `limit` rows; answers how many.
[[nodiscard]] std::uint64_t purge(Transaction& transaction, UnixMillis now, std::uint64_t limit);

/// Removes rows of `tenant`, which has been erased (the audit log stays); answers how many were
/// looked at: less than `limit` when all have gone.
[[nodiscard]] std::uint64_t sweep_tenant(Transaction& transaction, const TenantId& tenant,
                                         std::uint64_t limit);

}  // namespace masterkey2::mysql
