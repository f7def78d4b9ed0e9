// Verifies the audit log of a tenant: has anybody changed, removed or added entries?
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "masterkey2/storage.hpp"
#include "service/audit_chain.hpp"

namespace masterkey2 {

/// The first entry, in order of time, that is not as it was sealed.
struct BadAuditEntry {
  TokenId chain;
  std::uint64_t sequence = 0;
  std::optional<UnixMillis> at;  ///< of the entry, or of its nearest neighbour before it
  std::string fault;             ///< one sentence
};

struct AuditReport {
  std::uint64_t chains = 0;
  std::uint64_t entries = 0;
  std::uint64_t sealed = 0;   ///< that a seal covers
  std::uint64_t anchors = 0;  ///< that were compared
  std::optional<BadAuditEntry> bad;
};

/// Reads all entries of `tenant`. `anchors`: heads that were kept elsewhere, of any tenant; those
/// that retention may have removed are skipped. Entries that no seal covers (those of the last
/// minute, or of a process that was killed) are counted, no more.
[[nodiscard]] StorageResult<AuditReport> check_audit(Storage& storage, const TenantId& tenant,
                                                     std::span<const AuditHead> anchors,
                                                     UnixMillis now);

}  // namespace masterkey2
