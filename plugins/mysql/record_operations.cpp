// MysqlStorage: revocations and short-lived records.
#include "guards.hpp"
#include "run.hpp"

namespace masterkey2::mysql {
namespace {

bool is_valid_key(ByteView key) { return size_within(key.size(), 1, kMaxEphemeralKeySize); }

/// The next place in the order of revocations. The row is held until COMMIT, so that no revocation
/// becomes visible after a later one.
std::uint64_t draw_position(Transaction& transaction) {
  transaction.execute("UPDATE revocation_order SET last = last + 1 WHERE one = 1", {});
  Rows rows = transaction.query("SELECT last FROM revocation_order WHERE one = 1", {});
  if (!rows.next()) throw SqlError({StorageErrorCode::kCorrupt, "revocation_order is empty"});
  return rows.unsigned_integer();
}

Bytes encode_position(std::uint64_t position) {
  Bytes bytes(8);
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(position >> (56 - 8 * i));
  }
  return bytes;
}

std::uint64_t decode_position(ByteView bytes) {
  std::uint64_t position = 0;
  for (const std::uint8_t byte : bytes) position = position << 8 | byte;
  return position;
}

}  // namespace

StorageResult<Outcome> MysqlStorage::revoke_token(const Guard& guard, const TokenId& token,
                                                  UnixMillis keep_until, const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("revoke_token: the audit entry");
  return transact<Outcome>(Unsettled::kAskAudit, [&](Transaction& transaction) {
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    if (transaction
            .query("SELECT 1 FROM revocations WHERE tenant = ? AND token = ?",
                   {guard.tenant, token})
            .next()) {
      return Outcome::kDone;
    }
    transaction.execute(
        "INSERT INTO revocations (tenant, token, position, purge_at) VALUES (?, ?, ?, ?)",
        {guard.tenant, token, draw_position(transaction), keep_until});
    transaction.append_audit(audit);
    return Outcome::kDone;
  });
}

StorageResult<Page<TokenId>> MysqlStorage::list_revocations(const PageRequest& page) {
  if (!is_valid(page) || (!page.after.empty() && page.after.size() != 8)) {
    return invalid_argument("list_revocations: the page");
  }
  return read<Page<TokenId>>([&](Connection& connection) {
    Rows rows = connection.query(
        "SELECT token, position FROM revocations WHERE position > ? ORDER BY position LIMIT ?",
        {decode_position(page.after), page.limit + 1});
    Page<TokenId> answer;
    std::uint64_t reached = 0;
    while (rows.next()) {
      if (answer.items.size() == page.limit) {
        answer.next = encode_position(reached);
        break;
      }
      answer.items.push_back(rows.id<TokenId>());
      reached = rows.unsigned_integer();
    }
    return answer;
  });
}

StorageResult<Outcome> MysqlStorage::put_ephemeral(const Guard& guard, ByteView key,
                                                   std::uint64_t expected_version, ByteView value,
                                                   UnixMillis expires_at) {
  if (!is_valid_key(key) || value.size() > kMaxEphemeralValueSize) {
    return invalid_argument("put_ephemeral: a field is out of its limits");
  }
  return transact<Outcome>(Unsettled::kUnknown, [&](Transaction& transaction) {
    const Outcome standing = check_guard(transaction, guard);
    if (standing != Outcome::kDone) return standing;
    Rows rows = transaction.query(
        "SELECT purge_at, version FROM ephemerals WHERE tenant = ? AND name = ? FOR UPDATE",
        {guard.tenant, key});
    const bool stored = rows.next();
    const bool exists = stored && guard.now < rows.integer();
    if (expected_version == 0) {
      if (exists) return Outcome::kAlreadyExists;
    } else {
      if (!exists) return Outcome::kNotFound;
      if (rows.unsigned_integer() != expected_version) return Outcome::kVersionChanged;
    }
    transaction.execute(stored ? "UPDATE ephemerals SET version = ?, value = ?, purge_at = ? "
                                 "WHERE tenant = ? AND name = ?"
                               : "INSERT INTO ephemerals (version, value, purge_at, tenant, name) "
                                 "VALUES (?, ?, ?, ?, ?)",
                        {expected_version + 1, value, expires_at, guard.tenant, key});
    return Outcome::kDone;
  });
}

StorageResult<std::optional<Storage::Ephemeral>> MysqlStorage::find_ephemeral(
    const TenantId& tenant, ByteView key, UnixMillis now) {
  if (!is_valid_key(key)) return invalid_argument("find_ephemeral: the key");
  return read<std::optional<Ephemeral>>([&](Connection& connection) {
    Rows rows = connection.query(
        "SELECT e.version, e.value, e.purge_at FROM ephemerals e JOIN tenants t ON t.id = e.tenant "
        "WHERE e.tenant = ? AND e.name = ? AND e.purge_at > ?",
        {tenant, key, now});
    if (!rows.next()) return std::optional<Ephemeral>();
    Ephemeral ephemeral;
    ephemeral.version = rows.unsigned_integer();
    ephemeral.value = rows.bytes();
    ephemeral.expires_at = rows.integer();
    return std::optional<Ephemeral>(std::move(ephemeral));
  });
}

}  // namespace masterkey2::mysql
