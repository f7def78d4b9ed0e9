// Who has signed in under a session token, once none of these sign-ins can be taken any more:
// sorted runs, for as long as the sessions live.
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

struct RestingMark {
  TenantId tenant;
  TokenId session;
  UserHandle user;  ///< the first
  bool several_users = false;
  UnixMillis keep_until = 0;
};

[[nodiscard]] inline MarkKey key_of(const RestingMark& row) { return {row.tenant, row.session}; }

struct MarkRows {
  using Row = RestingMark;
  using Key = MarkKey;
  static constexpr FileKind kKind = FileKind::kMarkRun;
  /// Read whole to find one of its 200 rows.
  static constexpr std::size_t kBlockSize = 16U << 10;

  static void encode(Encoder& out, const RestingMark& row);
  [[nodiscard]] static std::optional<RestingMark> decode(ByteView bytes);
  static void encode_key(Encoder& out, const MarkKey& key);
  [[nodiscard]] static MarkKey decode_key(Decoder& in);
};

using MarkStream = SortedStream<MarkRows>;
using MarkRun = SortedRun<MarkRows>;

}  // namespace masterkey2::flatfile
