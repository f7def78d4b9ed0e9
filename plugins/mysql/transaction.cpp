#include "transaction.hpp"

namespace masterkey2::mysql {

Params audit_params(const AuditEntry& entry) {
  return {entry.tenant, entry.chain,   entry.sequence, entry.at,
          entry.type,   entry.subject, entry.body,     entry.keep_until};
}

bool insert_audit(Connection& connection, const AuditEntry& entry) {
  try {
    connection.execute(kInsertAudit, audit_params(entry));
    return true;
  } catch (const SqlError& error) {
    if (error.kind() != SqlErrorKind::kDuplicate) throw;
    return false;
  }
}

void Transaction::append_audit(const AuditEntry& entry) {
  changed_ = true;
  if (insert_audit(connection_, entry)) witness_ = &entry;
}

}  // namespace masterkey2::mysql
