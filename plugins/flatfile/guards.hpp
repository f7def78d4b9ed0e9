// What the operations share: guards, limits and cursors.
#pragma once

#include <optional>

#include "masterkey2/limits.hpp"
#include "state.hpp"

namespace masterkey2::flatfile {

[[nodiscard]] inline StorageError invalid_argument(const char* what) {
  return {StorageErrorCode::kInvalidArgument, what};
}

/// kDone, or the first that fails of epoch, tenant, generation, API key and session token.
/// `disabled_too`: the tenant need not be enabled.
[[nodiscard]] Outcome check_guard(const State& state, const Guard& guard,
                                  bool disabled_too = false);
[[nodiscard]] Standing standing_of(const State& state, const TenantSpace* tenant,
                                   const std::optional<TokenId>& session_token);
[[nodiscard]] inline bool is_alive(const ApiKey& key, UnixMillis now) {
  return key.expires_at == 0 || now < key.expires_at;
}
/// Within limits, and of the guard's tenant.
[[nodiscard]] inline bool fits(const AuditEntry& entry, const Guard& guard) {
  return entry.tenant == guard.tenant && is_within_limits(entry);
}
[[nodiscard]] inline bool is_valid(const PageRequest& page) {
  return page.limit >= 1 && page.limit <= kMaxPageLimit && page.after.size() <= kMaxCursorSize;
}

}  // namespace masterkey2::flatfile
