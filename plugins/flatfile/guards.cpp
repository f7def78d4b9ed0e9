#include "guards.hpp"

namespace masterkey2::flatfile {

Outcome check_guard(const State& state, const Guard& guard, bool disabled_too) {
  if (guard.epoch && *guard.epoch != state.installation.epoch) return Outcome::kEpochChanged;
  const TenantSpace* tenant = state.find_tenant(guard.tenant);
  if (tenant == nullptr || (!tenant->row.enabled && !disabled_too)) return Outcome::kTenantGone;
  if (guard.tenant_generation && *guard.tenant_generation != tenant->row.generation) {
    return Outcome::kTenantChanged;
  }
  if (guard.api_key) {
    const auto key = tenant->keys.find(*guard.api_key);
    if (key == tenant->keys.end() || !is_alive(key->second, guard.now)) {
      return Outcome::kApiKeyDead;
    }
  }
  if (guard.session_token && tenant->revocations.find(*guard.session_token) != nullptr) {
    return Outcome::kTokenRevoked;
  }
  return Outcome::kDone;
}

Standing standing_of(const State& state, const TenantSpace* tenant,
                     const std::optional<TokenId>& session_token) {
  Standing standing;
  standing.epoch = state.installation.epoch;
  standing.tenant_enabled = false;
  if (tenant == nullptr) return standing;
  standing.tenant_generation = tenant->row.generation;
  standing.tenant_enabled = tenant->row.enabled;
  standing.token_revoked = session_token && tenant->revocations.find(*session_token) != nullptr;
  return standing;
}

}  // namespace masterkey2::flatfile
