#include "plugins/flatfile/crc32c.hpp"

#include <gtest/gtest.h>

#include <random>

namespace masterkey2::testing {
namespace {

using flatfile::crc32c;

std::uint32_t bit_by_bit(std::uint32_t crc, ByteView bytes) {
  crc = ~crc;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
  }
  return ~crc;
}

TEST(Crc32c, OfNineDigitsIsTheCheckValue) {
  EXPECT_EQ(crc32c(0, as_bytes("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(0, {}), 0U);
}

// RFC 3720 B.4
TEST(Crc32c, OfTheExamplesOfISCSI) {
  EXPECT_EQ(crc32c(0, Bytes(32, 0x00)), 0x8A9136AAU);
  EXPECT_EQ(crc32c(0, Bytes(32, 0xFF)), 0x62A8AB43U);
}

TEST(Crc32c, OfAnyLengthAndPlaceIsAsBitByBit) {
  std::mt19937 random(2);
  Bytes bytes(2'003);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  for (std::size_t size = 0; size + 3 <= bytes.size(); size += size < 600 ? 1 : 41) {
    const std::uint32_t before = size == 0 ? 0 : static_cast<std::uint32_t>(random());
    const ByteView part = ByteView(bytes).subspan(size % 3, size);
    ASSERT_EQ(crc32c(before, part), bit_by_bit(before, part)) << size;
  }
}

TEST(Crc32c, CanBeCarriedOnAtAnyPlace) {
  const Bytes bytes(1'000, 0xA5);
  const std::uint32_t whole = crc32c(0, bytes);
  for (std::size_t at = 0; at <= bytes.size(); ++at) {
    const ByteView all(bytes);
    ASSERT_EQ(crc32c(crc32c(0, all.first(at)), all.subspan(at)), whole) << at;
  }
}

}  // namespace
}  // namespace masterkey2::testing
