#include "crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#endif

namespace masterkey2::flatfile {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
    table[byte] = crc;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

std::uint32_t update_portable(std::uint32_t crc, ByteView bytes) {
  for (const std::uint8_t byte : bytes) crc = (crc >> 8) ^ kTable[(crc ^ byte) & 0xFF];
  return crc;
}

#if defined(__x86_64__)
// The instruction answers after three cycles, and takes another input in each: three checksums side
// by side, put together afterwards.

constexpr std::size_t kLane = 64;

/// x to the power of `n` modulo the polynomial; bit 31 is x^0.
constexpr std::uint32_t power_of_x(std::size_t n) {
  std::uint32_t power = 0x80000000U;
  for (; n > 0; --n) power = (power >> 1) ^ ((power & 1) != 0 ? 0x82F63B78U : 0U);
  return power;
}

/// `crc` carried on over `Zeros` bytes of zeros. The product has 33 bits more of them, by its place
/// in the register and by the instruction that reduces it.
template <std::size_t Zeros>
__attribute__((target("sse4.2,pclmul"))) std::uint64_t carry_on(std::uint64_t crc) {
  constexpr std::uint32_t kFactor = power_of_x(8 * Zeros - 33);
  const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<std::int64_t>(crc)),
                                               _mm_cvtsi64_si128(kFactor), 0);
  return _mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)));
}

std::uint64_t word_at(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

__attribute__((target("sse4.2,pclmul"))) std::uint32_t update_by_instruction(std::uint32_t crc,
                                                                             ByteView bytes) {
  std::uint64_t wide = crc;
  for (; bytes.size() >= 3 * kLane; bytes = bytes.subspan(3 * kLane)) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t at = 0; at < kLane; at += 8) {
      wide = _mm_crc32_u64(wide, word_at(bytes.data() + at));
      second = _mm_crc32_u64(second, word_at(bytes.data() + kLane + at));
      third = _mm_crc32_u64(third, word_at(bytes.data() + 2 * kLane + at));
    }
    wide = carry_on<2 * kLane>(wide) ^ carry_on<kLane>(second) ^ third;
  }
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    wide = _mm_crc32_u64(wide, word_at(bytes.data()));
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (const std::uint8_t byte : bytes) narrow = _mm_crc32_u8(narrow, byte);
  return narrow;
}
#endif

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, ByteView bytes) {
#if defined(__x86_64__)
  static const bool has_instruction =
      __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("pclmul") != 0;
  if (has_instruction) return ~update_by_instruction(~crc, bytes);
#endif
  return ~update_portable(~crc, bytes);
}

}  // namespace masterkey2::flatfile
