// The audit chain of one command of an operator.
#pragma once

#include <string_view>

#include "crypto/random.hpp"
#include "masterkey2/storage.hpp"
#include "service/audit_log.hpp"
#include "service/clock.hpp"

namespace masterkey2 {

/// A process with a chain of its own, which is sealed at the end: the drafts must be gone by then.
class OperatorAudit {
 public:
  OperatorAudit(Storage& storage, RandomSource& random, const Clock& clock)
      : storage_(storage), clock_(clock), log_(random) {}
  OperatorAudit(const OperatorAudit&) = delete;
  OperatorAudit& operator=(const OperatorAudit&) = delete;
  ~OperatorAudit();

  /// `user`, `key`: whom the entry speaks of; null: nobody.
  [[nodiscard]] AuditDraft draft(const TenantId& tenant, std::string_view type,
                                 const UserAccount* user = nullptr, const ApiKey* key = nullptr);

 private:
  Storage& storage_;
  const Clock& clock_;
  AuditLog log_;
};

}  // namespace masterkey2
