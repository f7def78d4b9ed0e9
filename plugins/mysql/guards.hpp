// What an operation rests on, in SQL and in C++.
#pragma once

#include <optional>
#include <string_view>

#include "masterkey2/limits.hpp"
#include "transaction.hpp"

namespace masterkey2::mysql {

[[nodiscard]] inline StorageError invalid_argument(const char* what) {
  return {StorageErrorCode::kInvalidArgument, what};
}
/// Within limits, and of the guard's tenant.
[[nodiscard]] inline bool fits(const AuditEntry& entry, const Guard& guard) {
  return entry.tenant == guard.tenant && is_within_limits(entry);
}
[[nodiscard]] inline bool is_valid(const PageRequest& page) {
  return page.limit >= 1 && page.limit <= kMaxPageLimit && page.after.size() <= kMaxCursorSize;
}

/// `FROM` with one row for the guard: installation i, tenants t, api_keys k, revocations r, where
/// the last three may be absent. Placeholders: guard_tables().
#define MASTERKEY2_GUARD_TABLES                           \
  " FROM installation i LEFT JOIN tenants t ON t.id = ?"  \
  " LEFT JOIN api_keys k ON k.tenant = t.id AND k.id = ?" \
  " LEFT JOIN revocations r ON r.tenant = t.id AND r.token = ? "
[[nodiscard]] inline Params guard_tables(const Guard& guard) {
  return {guard.tenant, guard.api_key, guard.session_token};
}

/// Read by GuardRow.
#define MASTERKEY2_GUARD_COLUMNS                                                   \
  " CONCAT_WS(' ', i.epoch, COALESCE(t.generation, '-'), COALESCE(t.enabled, 0), " \
  "k.id IS NOT NULL, COALESCE(k.expires_at, 0), r.token IS NOT NULL) "

/// True if the guard holds. Placeholders: guard_holds().
#define MASTERKEY2_GUARD_HOLDS                                        \
  " t.enabled = 1 AND i.epoch = COALESCE(?, i.epoch)"                 \
  " AND t.generation = COALESCE(?, t.generation) AND r.token IS NULL" \
  " AND (? = 0 OR (k.id IS NOT NULL AND (k.expires_at = 0 OR k.expires_at > ?))) "
[[nodiscard]] inline Params guard_holds(const Guard& guard) {
  return {guard.epoch, guard.tenant_generation, guard.api_key.has_value(), guard.now};
}

struct GuardRow {
  std::uint64_t epoch = 0;
  std::optional<std::uint64_t> generation;  ///< absent: no such tenant
  bool enabled = false;
  bool key_known = false;
  UnixMillis key_expires_at = 0;
  bool token_revoked = false;

  [[nodiscard]] static GuardRow read(Rows& rows);
  [[nodiscard]] Standing standing() const;
};

/// kDone, or the first that fails of epoch, tenant, generation, API key and session token.
/// `disabled_too`: the tenant need not be enabled.
[[nodiscard]] Outcome check_guard(const GuardRow& row, const Guard& guard,
                                  bool disabled_too = false);
/// The same for a guard that is read here, with its rows locked against changes until the end.
[[nodiscard]] Outcome check_guard(Transaction& transaction, const Guard& guard,
                                  bool disabled_too = false);

/// A guard of no more than a tenant and a session token, for reads.
[[nodiscard]] Guard standing_guard(const TenantId& tenant,
                                   const std::optional<TokenId>& session_token);

}  // namespace masterkey2::mysql
