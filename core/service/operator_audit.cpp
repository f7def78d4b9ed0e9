#include "service/operator_audit.hpp"

#include "encoding/base64url.hpp"

namespace masterkey2 {

OperatorAudit::~OperatorAudit() {
  // What stays unsealed is still listed: no reason to report a done command as failed.
  static_cast<void>(log_.seal(storage_, clock_.now()));
}

AuditDraft OperatorAudit::draft(const TenantId& tenant, std::string_view type,
                                const UserAccount* user, const ApiKey* key) {
  AuditEvent event{.type = type, .user = user, .members = {{"by", "operator"}}};
  if (key != nullptr) event.members.emplace_back("api_key", base64url_encode(key->id.view()));
  return log_.draft(tenant, {}, clock_.now(), event);
}

}  // namespace masterkey2
