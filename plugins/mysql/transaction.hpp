// What an operation reads and writes before its COMMIT or ROLLBACK.
#pragma once

#include <cstdint>
#include <string_view>

#include "connection.hpp"
#include "masterkey2/storage.hpp"

namespace masterkey2::mysql {

class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}

  [[nodiscard]] Rows query(std::string_view sql, const Params& params) {
    return connection_.query(sql, params);
  }
  /// Takes a lock by writing to a row that only serves for that; alone it is no change.
  std::uint64_t lock(std::string_view sql, const Params& params) {
    return connection_.execute(sql, params);
  }
  std::uint64_t execute(std::string_view sql, const Params& params) {
    changed_ = true;
    return connection_.execute(sql, params);
  }
  /// An entry that is there already stays as it is.
  void append_audit(const AuditEntry& entry);

  [[nodiscard]] bool changed() const { return changed_; }
  /// The entry that this transaction, and no other, has stored.
  [[nodiscard]] const AuditEntry* witness() const { return witness_; }

 private:
  Connection& connection_;
  bool changed_ = false;
  const AuditEntry* witness_ = nullptr;
};

inline constexpr std::string_view kInsertAudit =
    "INSERT INTO audit (tenant, chain, sequence, at, type, subject, body, purge_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
[[nodiscard]] Params audit_params(const AuditEntry& entry);
/// Inserts `entry`; false if there is one with its tenant, chain and sequence.
[[nodiscard]] bool insert_audit(Connection& connection, const AuditEntry& entry);

}  // namespace masterkey2::mysql
