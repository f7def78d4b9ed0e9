// Audit entries in sorted runs, for as long as they are kept.
#pragma once

#include <compare>
#include <cstdint>

#include "masterkey2/audit_entry.hpp"
#include "sorted_run.hpp"

namespace masterkey2::flatfile {

class Encoder;
class Decoder;

/// The order of entries, in runs and in lists.
struct AuditKey {
  TenantId tenant;
  UnixMillis at = 0;
  TokenId chain;
  std::uint64_t sequence = 0;

  auto operator<=>(const AuditKey&) const = default;
};

/// An entry as it stands in a file; most are carried from there to another.
struct StoredAudit {
  AuditKey key;
  UnixMillis keep_until = 0;
  ByteView encoded;  ///< borrowed
};

[[nodiscard]] inline const AuditKey& key_of(const StoredAudit& entry) { return entry.key; }
[[nodiscard]] AuditEntry entry_of(const StoredAudit& entry);

struct AuditRows {
  using Row = StoredAudit;
  using Key = AuditKey;
  static constexpr FileKind kKind = FileKind::kAuditRun;
  static constexpr std::size_t kBlockSize = 64U << 10;
  static constexpr bool kRowsBorrow = true;

  static void encode(Encoder& out, const StoredAudit& row);
  /// Borrows `bytes`.
  [[nodiscard]] static std::optional<StoredAudit> decode(ByteView bytes);
  static void encode_key(Encoder& out, const AuditKey& key);
  [[nodiscard]] static AuditKey decode_key(Decoder& in);
};

using AuditStream = SortedStream<AuditRows>;
using AuditRun = SortedRun<AuditRows>;

}  // namespace masterkey2::flatfile
