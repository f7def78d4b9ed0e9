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

[[nodiscard]] inline AuditKey key_of(const AuditEntry& entry) {
  return {entry.tenant, entry.at, entry.chain, entry.sequence};
}

struct AuditRows {
  using Row = AuditEntry;
  using Key = AuditKey;
  static constexpr FileKind kKind = FileKind::kAuditRun;
  static constexpr std::size_t kBlockSize = 64U << 10;

  static void encode(Encoder& out, const AuditEntry& row);
  [[nodiscard]] static std::optional<AuditEntry> decode(ByteView bytes);
  static void encode_key(Encoder& out, const AuditKey& key);
  [[nodiscard]] static AuditKey decode_key(Decoder& in);
};

using AuditStream = SortedStream<AuditRows>;
using AuditRun = SortedRun<AuditRows>;

}  // namespace masterkey2::flatfile
