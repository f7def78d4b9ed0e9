#include "service/cross_device_code.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>

#include "encoding/byte_codec.hpp"

namespace masterkey2 {
namespace {

/// Four bytes of each number in turn.
class ScriptedRandom final : public RandomSource {
 public:
  explicit ScriptedRandom(std::deque<std::uint32_t> numbers) : numbers_(std::move(numbers)) {}
  void fill(std::span<std::uint8_t> out) override {
    ByteWriter writer;
    writer.integer(numbers_.front());
    numbers_.pop_front();
    std::copy(writer.bytes().begin(), writer.bytes().end(), out.begin());
  }
  [[nodiscard]] bool used_up() const { return numbers_.empty(); }

 private:
  std::deque<std::uint32_t> numbers_;
};

TEST(CrossDeviceCode, KeepsZerosInFront) {
  ScriptedRandom random({42, 0, 999'999, 1'000'000});
  EXPECT_EQ(make_code(random), "000042");
  EXPECT_EQ(make_code(random), "000000");
  EXPECT_EQ(make_code(random), "999999");
  EXPECT_EQ(make_code(random), "000000");
}

TEST(CrossDeviceCode, DrawsAgainWhatWouldMakeLowNumbersLikelier) {
  // 4,294 times a million fits into 32 bits; what is left over would fall on the low ones.
  ScriptedRandom random({4'294'000'000, 0xFFFF'FFFF, 4'293'999'999});
  EXPECT_EQ(make_code(random), "999999");
  EXPECT_TRUE(random.used_up());
}

TEST(CrossDeviceCode, IsSixAsciiDigits) {
  EXPECT_TRUE(is_code("000000"));
  EXPECT_TRUE(is_code("987654"));
  for (const char* text : {"", "12345", "1234567", "12345 ", "-12345", "12e456", "１２"}) {
    EXPECT_FALSE(is_code(text)) << text;
  }
}

}  // namespace
}  // namespace masterkey2
