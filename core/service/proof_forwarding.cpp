#include "service/proof_forwarding.hpp"

#include "service/management.hpp"

namespace masterkey2 {

ApiResult<void> set_proof_forwarding(Services& services, const ApiKeyAccess& access, bool enabled,
                                     const Call& call) {
  AuditDraft audit = management_audit(
      services, access, call,
      enabled ? "tenant.proof_forwarding_on" : "tenant.proof_forwarding_off", nullptr);
  const auto done = with_attempts<bool>([&]() -> Attempt<bool> {
    const auto current = services.tenants.reload(access.key.tenant);
    if (!current) return current.error();
    if (!*current) return failure(ErrorCode::kInvalidApiKey, "the tenant is gone");
    TenantSettings settings = (*current)->settings;
    if (settings.proof_forwarding == enabled) return std::optional(true);
    settings.proof_forwarding = enabled;
    Tenant tenant = (*current)->tenant;
    tenant.settings = encode_tenant_settings(settings);
    Guard guard = management_guard(services, access);
    guard.tenant_generation = tenant.generation;
    const auto outcome = services.storage.update_tenant(guard, tenant, audit.entry());
    audit.note(outcome);
    if (worth_another_attempt(services, tenant.id, outcome)) return std::optional<bool>{};
    if (!outcome) return storage_failure(outcome.error());
    if (*outcome != Outcome::kDone) return management_refusal(*outcome);
    services.tenants.forget(tenant.id);
    return std::optional(true);
  });
  if (!done) return done.error();
  return {};
}

}  // namespace masterkey2
