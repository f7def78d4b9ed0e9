// What makes the audit log tamper-evident: the hash of an entry, the chain over a process's entries
// of one tenant, and the seals that are entries of the chain themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "masterkey2/audit_entry.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2 {

inline constexpr std::string_view kAuditSealType = "audit.seal";
inline constexpr UnixMillis kAuditRetention = 400LL * 86'400'000;

/// SHA-256 over every field of `entry`.
[[nodiscard]] Digest audit_entry_hash(const AuditEntry& entry);

/// The head of a chain without entries, and the head after one more.
[[nodiscard]] Digest audit_chain_start(const TenantId& tenant, const TokenId& chain);
[[nodiscard]] Digest audit_chain_next(const Digest& head, const Digest& entry_hash);

/// The first 8 bytes of an entry's hash: enough to say which entry of a sealed row was changed.
using AuditFingerprint = Identifier<struct AuditFingerprintTag, 8>;
[[nodiscard]] AuditFingerprint audit_fingerprint(const Digest& entry_hash);

/// Body of an `audit.seal` entry: JSON {from, to, head, entries}.
struct AuditSeal {
  static constexpr std::size_t kMaxEntries = 128;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  Digest head;                            ///< of the chain after `to`, counted from its first entry
  std::vector<AuditFingerprint> entries;  ///< `from` to `to`

  bool operator==(const AuditSeal&) const = default;
};
[[nodiscard]] Bytes encode_audit_seal(const AuditSeal& seal);
[[nodiscard]] std::optional<AuditSeal> parse_audit_seal(ByteView body);

/// Where a chain stood at some moment, kept outside of storage (a line of the log).
struct AuditHead {
  TenantId tenant;
  TokenId chain;
  std::uint64_t sequence = 0;
  Digest head;

  bool operator==(const AuditHead&) const = default;
};

}  // namespace masterkey2
