// Rate limits, shared by all processes of a host.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "masterkey2/bytes.hpp"
#include "service/shared_cells.hpp"

namespace masterkey2 {

enum class LimitKind : std::uint8_t {
  kAddress,
  kToken,
  kTenant,
  kKey,
  kClaimAddress,
  kClaimTenant
};
inline constexpr std::array<std::string_view, 6> kLimitWords = {
    "address", "token", "tenant", "key", "claim_address", "claim_tenant"};

/// So many in a `period`, all of them at once if they like.
struct RateLimit {
  std::uint32_t count = 0;  ///< 0: no limit
  UnixMillis period = 60'000;
};

struct RateLimits {
  std::array<RateLimit, kLimitWords.size()> by_kind;
};

/// One cell a subject (generic cell rate algorithm): 16 bits that tell subjects of one row apart,
/// 48 bits of the moment, in 10 µs, until which it has used its share up. A row of 4 cells that is
/// full gives up the subject that has used least. Thread-safe; never blocks.
class RateLimiter {
 public:
  RateLimiter(SharedCells cells, const RateLimits& limits)
      : cells_(std::move(cells)), limits_(limits) {}

  /// Counts one for `subject`. Absent: go on; else the seconds after which it may try again.
  [[nodiscard]] std::optional<int> take(LimitKind kind, ByteView subject, UnixMillis now);

  /// How often `take` has said no in this process.
  [[nodiscard]] std::uint64_t refused(LimitKind kind) const {
    return refused_.at(static_cast<std::size_t>(kind)).load(std::memory_order_relaxed);
  }

 private:
  SharedCells cells_;
  const RateLimits limits_;
  std::array<std::atomic<std::uint64_t>, kLimitWords.size()> refused_{};
};

/// What an address is limited as: itself, or its /64 (IPv6); for text that is no address the text.
[[nodiscard]] Bytes address_subject(std::string_view address);

}  // namespace masterkey2
