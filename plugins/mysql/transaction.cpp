#include "transaction.hpp"

namespace masterkey2::mysql {

bool insert_audit(Connection& connection, const AuditEntry& entry) {
  try {
    connection.execute(
        "INSERT INTO audit (tenant, chain, sequence, at, type, subject, body, purge_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        {entry.tenant, entry.chain, entry.sequence, entry.at, entry.type, entry.subject, entry.body,
         entry.keep_until});
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
