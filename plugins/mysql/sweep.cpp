#include "sweep.hpp"

#include <array>
#include <optional>

namespace masterkey2::mysql {
namespace {

// The answer to a repeated verify-auth (idempotency) outlives the sign-in's own time.
#define MASTERKEY2_NOT_REMEMBERED                                                               \
  " NOT EXISTS (SELECT 1 FROM audit a WHERE a.tenant = claims.tenant AND a.taking = claims.id " \
  "AND a.idempotency_until >= ?) "

// "This user signed in under this session token" outlives the sign-in, too.
constexpr std::string_view kMarkSessions =
    "INSERT INTO session_marks (tenant, session_token, user, purge_at) "
    "SELECT tenant, session_token, user, session_until FROM claims "
    "WHERE purge_at < ? AND kind = 1 AND confirmed = 1 AND session_until >= ? "
    "AND" MASTERKEY2_NOT_REMEMBERED
    "LIMIT ? "
    "ON DUPLICATE KEY UPDATE purge_at = GREATEST(session_marks.purge_at, VALUES(purge_at))";

constexpr std::string_view kPurgeClaims =
    "DELETE FROM claims WHERE purge_at < ? AND" MASTERKEY2_NOT_REMEMBERED
    "AND (kind = 0 OR confirmed = 0 OR session_until < ? OR EXISTS ("
    "SELECT 1 FROM session_marks m WHERE m.tenant = claims.tenant "
    "AND m.session_token = claims.session_token AND m.user = claims.user "
    "AND m.purge_at >= claims.session_until)) LIMIT ?";

constexpr std::array<std::string_view, 3> kPurgeOthers = {
    "DELETE FROM session_marks WHERE purge_at < ? LIMIT ?",
    "DELETE FROM revocations WHERE purge_at < ? LIMIT ?",
    "DELETE FROM ephemerals WHERE purge_at < ? LIMIT ?",
};

// A taking stays as long as its sign-in, which could be taken again without it.
constexpr std::string_view kPurgeAudit =
    "DELETE FROM audit WHERE purge_at < ? AND (taking IS NULL OR NOT EXISTS ("
    "SELECT 1 FROM claims c WHERE c.tenant = audit.tenant AND c.id = audit.taking)) LIMIT ?";

constexpr std::array<std::string_view, 7> kSweep = {
    "DELETE FROM credentials WHERE tenant = ? LIMIT ?",
    "DELETE FROM users WHERE tenant = ? LIMIT ?",
    "DELETE FROM claims WHERE tenant = ? LIMIT ?",
    "DELETE FROM session_marks WHERE tenant = ? LIMIT ?",
    "DELETE FROM revocations WHERE tenant = ? LIMIT ?",
    "DELETE FROM ephemerals WHERE tenant = ? LIMIT ?",
    "UPDATE audit SET taking = NULL, idempotency_key = NULL WHERE tenant = ? "
    "AND taking IS NOT NULL LIMIT ?",
};

std::optional<TenantId> find_erased_tenant(Transaction& transaction) {
  Rows rows = transaction.query("SELECT id FROM erased_tenants LIMIT 1", {});
  return rows.next() ? std::optional<TenantId>(rows.id<TenantId>()) : std::nullopt;
}

}  // namespace

std::uint64_t purge(Transaction& transaction, UnixMillis now, std::uint64_t limit) {
  std::uint64_t left = limit;
  transaction.execute(kMarkSessions, {now, now, now, left});
  left -= transaction.execute(kPurgeClaims, {now, now, now, left});
  for (const std::string_view statement : kPurgeOthers) {
    if (left > 0) left -= transaction.execute(statement, {now, left});
  }
  if (left > 0) left -= transaction.execute(kPurgeAudit, {now, left});
  if (left > 0) {
    if (const auto erased = find_erased_tenant(transaction)) {
      left -= sweep_tenant(transaction, *erased, left);
    }
  }
  return limit - left;
}

std::uint64_t sweep_tenant(Transaction& transaction, const TenantId& tenant, std::uint64_t limit) {
  std::uint64_t left = limit;
  for (const std::string_view statement : kSweep) {
    left -= transaction.execute(statement, {tenant, left});
    if (left == 0) return limit;
  }
  transaction.execute("DELETE FROM erased_tenants WHERE id = ?", {tenant});
  return limit - left;
}

}  // namespace masterkey2::mysql
