#include "service/credential_service.hpp"

#include <algorithm>
#include <utility>

#include "service/management.hpp"
#include "service/text_rules.hpp"
#include "service/user_service.hpp"

namespace masterkey2 {
namespace {

struct Found {
  UserAccount user;
  CredentialRecord credential;
};

ApiResult<Found> find_credential(Services& services, const ApiKeyAccess& access,
                                 std::string_view external_id, ByteView credential_id) {
  auto view = find_user(services, access, external_id, true);
  if (!view) return view.error();
  const auto found = std::find_if(
      view->credentials.begin(), view->credentials.end(),
      [&](const CredentialRecord& record) { return equal_bytes(record.id, credential_id); });
  if (found == view->credentials.end()) return failure(ErrorCode::kCredentialNotFound);
  return Found{*std::move(view->user), std::move(*found)};
}

}  // namespace

ApiResult<CredentialRecord> rename_credential(Services& services, const ApiKeyAccess& access,
                                              std::string_view external_id, ByteView credential_id,
                                              const std::string& name, const Call& call) {
  if (!is_name(name)) {
    return invalid_request("/name", "at most 256 bytes without control characters");
  }
  auto found = find_credential(services, access, external_id, credential_id);
  if (!found) return found.error();
  AuditDraft audit = management_audit(services, access, call, "credential.renamed", &found->user);
  const auto done = run_management(services, access, audit, [&] {
    return services.storage.rename_credential(management_guard(services, access), external_id,
                                              credential_id, name, audit.entry());
  });
  if (!done) return done.error();
  found->credential.name = name;
  return std::move(found->credential);
}

ApiResult<void> erase_credential(Services& services, const ApiKeyAccess& access,
                                 std::string_view external_id, ByteView credential_id,
                                 const Call& call) {
  const auto found = find_credential(services, access, external_id, credential_id);
  if (!found) return found.error();
  AuditDraft audit = management_audit(services, access, call, "credential.deleted", &found->user);
  return run_management(services, access, audit, [&] {
    return services.storage.erase_credential(management_guard(services, access), external_id,
                                             credential_id, audit.entry());
  });
}

}  // namespace masterkey2
