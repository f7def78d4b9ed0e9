// What verification may take, without the clock: time is for masterkey2-figures.
#include <gtest/gtest.h>

#include "figures/assertion_sample.hpp"
#include "figures/hostile_inputs.hpp"
#include "figures/memory_meter.hpp"

namespace masterkey2::figures {
namespace {

TEST(Bounds, TheSampleVerifiesInEachForm) {
  const AssertionSample sample;
  EXPECT_TRUE(sample.bare());
  EXPECT_TRUE(sample.from_bytes());
  EXPECT_TRUE(sample.from_json());
}

TEST(Bounds, TheHeapDoesNotGrowWithVerifications) {
  const AssertionSample sample;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(sample.from_json());
  const std::size_t before = heap_in_use();
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(sample.from_json());
  EXPECT_LE(heap_in_use(), before);
}

TEST(Bounds, NoBodyTakesMoreThan8MiB) {
  for (const HostileInput& input : hostile_inputs()) {
    input.run();
    EXPECT_LE(peak_growth(input.run), std::size_t{8} << 20) << input.name;
  }
}

TEST(MemoryMeter, SeesWhatIsAllocated) {
  const auto work = [] { EXPECT_EQ(std::vector<char>(8 << 20, 'x').back(), 'x'); };
  EXPECT_GE(peak_growth(work), std::size_t{7} << 20);
}

}  // namespace
}  // namespace masterkey2::figures
