#include "service/rate_limiter.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "crypto/sha256.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kRow = 4;
constexpr std::uint64_t kUnitsAMilli = 100;  // 10 µs
constexpr std::uint64_t kTimeMask = (std::uint64_t{1} << 48) - 1;
/// 2020-01-01: 48 bits of 10 µs last from here for 89 years.
constexpr UnixMillis kTimeZero = 1'577'836'800'000;

std::uint64_t units(UnixMillis now) {
  return (static_cast<std::uint64_t>(std::max<UnixMillis>(now - kTimeZero, 0)) * kUnitsAMilli) &
         kTimeMask;
}

std::uint64_t integer_at(const Digest& digest, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | digest.bytes.at(at + i);
  return value;
}

}  // namespace

std::optional<int> RateLimiter::take(LimitKind kind, ByteView subject, UnixMillis now_ms) {
  const RateLimit& limit = limits_.by_kind.at(static_cast<std::size_t>(kind));
  if (limit.count == 0) return std::nullopt;
  const auto kind_byte = static_cast<std::uint8_t>(kind);
  const Digest hash = sha256({cells_.secret(), ByteView(&kind_byte, 1), subject});
  const std::uint64_t tag = std::max<std::uint64_t>(integer_at(hash, 0) & 0xFFFFU, 1);  // 0: empty
  const std::size_t row = integer_at(hash, 8) % (SharedCells::kCount / kRow) * kRow;

  const std::uint64_t now = units(now_ms);
  const std::uint64_t window = static_cast<std::uint64_t>(limit.period) * kUnitsAMilli;
  const std::uint64_t step = std::max<std::uint64_t>(window / limit.count, 1);
  for (;;) {
    std::size_t best = row;
    std::uint64_t held = cells_.cell(row).load(std::memory_order_relaxed);
    for (std::size_t i = row; i < row + kRow && held >> 48 != tag; ++i) {
      const std::uint64_t other = cells_.cell(i).load(std::memory_order_relaxed);
      if (other >> 48 == tag || (other & kTimeMask) < (held & kTimeMask)) {
        best = i;
        held = other;
      }
    }
    // What lies further ahead than a window was written before the clock was set back.
    const std::uint64_t written = held & kTimeMask;
    const bool counts = held >> 48 == tag && written > now && written <= now + window;
    const std::uint64_t used_until = counts ? written : now;
    if (used_until + step > now + window) {
      refused_.at(static_cast<std::size_t>(kind)).fetch_add(1, std::memory_order_relaxed);
      const std::uint64_t wait_ms = (used_until + step - now - window) / kUnitsAMilli;
      return static_cast<int>(wait_ms / 1'000 + 1);
    }
    const std::uint64_t wanted = tag << 48 | (used_until + step);
    if (cells_.cell(best).compare_exchange_weak(held, wanted, std::memory_order_relaxed)) {
      return std::nullopt;
    }
  }
}

Bytes address_subject(std::string_view address) {
  const std::string text(address);
  std::array<std::uint8_t, 16> bytes{};
  if (text.size() == std::string_view(text.c_str()).size()) {
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
      return {bytes.begin(), bytes.begin() + 4};
    }
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
      constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
      if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
        return {bytes.begin() + 12, bytes.end()};
      }
      return {bytes.begin(), bytes.begin() + 8};
    }
  }
  return to_bytes(as_bytes(address));
}

}  // namespace masterkey2
