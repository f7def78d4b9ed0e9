#include "service/management.hpp"

#include "encoding/base64url.hpp"

namespace masterkey2 {

Guard management_guard(const Services& services, const ApiKeyAccess& access) {
  Guard guard;
  guard.tenant = access.key.tenant;
  guard.now = services.clock.now();
  guard.api_key = access.key.id;
  return guard;
}

ApiError management_refusal(Outcome outcome) {
  switch (outcome) {
    case Outcome::kTenantGone:
    case Outcome::kApiKeyDead:
      return failure(ErrorCode::kInvalidApiKey);
    case Outcome::kUserGone:
      return failure(ErrorCode::kUserNotFound);
    case Outcome::kUserDisabled:
      return failure(ErrorCode::kUserDisabled);
    case Outcome::kNotFound:
      return failure(ErrorCode::kCredentialNotFound);
    default:
      return failure(ErrorCode::kInternal, "an outcome that is no refusal");
  }
}

AuditDraft management_audit(Services& services, const ApiKeyAccess& access, const Call& call,
                            std::string_view type, const UserAccount* user) {
  return services.audit.draft(access.key.tenant, call, services.clock.now(),
                              {.type = type,
                               .user = user,
                               .members = {{"api_key", base64url_encode(access.key.id.view())}}});
}

}  // namespace masterkey2
