#include "guards.hpp"

#include "numbers.hpp"

namespace masterkey2::mysql {

GuardRow GuardRow::read(Rows& rows) {
  Numbers numbers(rows.text());
  GuardRow row;
  row.epoch = numbers.integer<std::uint64_t>();
  if (!numbers.skip_null()) row.generation = numbers.integer<std::uint64_t>();
  row.enabled = numbers.boolean();
  row.key_known = numbers.boolean();
  row.key_expires_at = numbers.integer<UnixMillis>();
  row.token_revoked = numbers.boolean();
  numbers.end();
  return row;
}

Standing GuardRow::standing() const {
  Standing standing;
  standing.epoch = epoch;
  standing.tenant_generation = generation.value_or(0);
  standing.tenant_enabled = enabled;
  standing.token_revoked = token_revoked;
  return standing;
}

Outcome check_guard(const GuardRow& row, const Guard& guard, bool disabled_too) {
  if (guard.epoch && *guard.epoch != row.epoch) return Outcome::kEpochChanged;
  if (!row.generation || (!row.enabled && !disabled_too)) return Outcome::kTenantGone;
  if (guard.tenant_generation && *guard.tenant_generation != *row.generation) {
    return Outcome::kTenantChanged;
  }
  if (guard.api_key &&
      (!row.key_known || (row.key_expires_at != 0 && guard.now >= row.key_expires_at))) {
    return Outcome::kApiKeyDead;
  }
  if (guard.session_token && row.token_revoked) return Outcome::kTokenRevoked;
  return Outcome::kDone;
}

Outcome check_guard(Transaction& transaction, const Guard& guard, bool disabled_too) {
  Rows rows = transaction.query("SELECT" MASTERKEY2_GUARD_COLUMNS MASTERKEY2_GUARD_TABLES
                                "LOCK IN SHARE MODE",
                                guard_tables(guard));
  if (!rows.next()) {
    throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation"});
  }
  return check_guard(GuardRow::read(rows), guard, disabled_too);
}

Guard standing_guard(const TenantId& tenant, const std::optional<TokenId>& session_token) {
  Guard guard;
  guard.tenant = tenant;
  guard.session_token = session_token;
  return guard;
}

}  // namespace masterkey2::mysql
