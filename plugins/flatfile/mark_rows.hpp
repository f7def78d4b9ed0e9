// Who has signed in under a session token, in sorted runs for as long as the sessions live.
#pragma once

#include <compare>
#include <cstdint>

#include "sorted_run.hpp"

namespace masterkey2::flatfile {

class Encoder;
class Decoder;

struct MarkKey {
  TenantId tenant;
  TokenId session;

  auto operator<=>(const MarkKey&) const = default;
};

struct StoredMark {
  TenantId tenant;
  TokenId session;
  UserHandle user;  ///< the first
  bool several_users = false;
  UnixMillis keep_until = 0;
};

[[nodiscard]] inline MarkKey key_of(const StoredMark& row) { return {row.tenant, row.session}; }

struct MarkRows {
  using Row = StoredMark;
  using Key = MarkKey;
  static constexpr FileKind kKind = FileKind::kMarkRun;
  /// Read whole to find one of its 200 rows.
  static constexpr std::size_t kBlockSize = 16U << 10;
  static constexpr bool kRowsBorrow = false;

  static void encode(Encoder& out, const StoredMark& row);
  [[nodiscard]] static std::optional<StoredMark> decode(ByteView bytes);
  static void encode_key(Encoder& out, const MarkKey& key);
  [[nodiscard]] static MarkKey decode_key(Decoder& in);
};

using MarkStream = SortedStream<MarkRows>;
using MarkRun = SortedRun<MarkRows>;

}  // namespace masterkey2::flatfile
