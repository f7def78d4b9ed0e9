#include "storage/storage_meter.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace masterkey2 {
namespace {

TEST(StorageMeter, RefusesWhileTooManyCallsAreStuck) {
  StorageMeter meter(2);
  const auto first = meter.begin();
  const auto second = meter.begin();
  ASSERT_TRUE(first && second);
  // Busy is not stuck.
  const auto third = meter.begin();
  ASSERT_TRUE(third);
  meter.end(*third, "check", std::nullopt);

  std::this_thread::sleep_until(second->start + StorageMeter::kStuckAfter);
  EXPECT_FALSE(meter.begin());
  EXPECT_EQ(meter.snapshot().refused, 1U);
  EXPECT_EQ(meter.snapshot().under_way, 2U);

  meter.end(*first, "check", std::nullopt);
  EXPECT_TRUE(meter.begin());
}

TEST(StorageMeter, HasNoBoundUnlessAsked) {
  StorageMeter meter;
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(meter.begin());
  EXPECT_EQ(meter.snapshot().under_way, 300U);
}

TEST(StorageMeter, PutsAValueIntoTheBucketOfItsBound) {
  LatencyHistogram histogram;
  histogram.add(100);
  histogram.add(101);
  histogram.add(6'000'000);
  EXPECT_EQ(histogram.buckets.front(), 1U);
  EXPECT_EQ(histogram.buckets.at(1), 1U);
  EXPECT_EQ(histogram.buckets.back(), 1U);
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.total_us, 6'000'201);
}

}  // namespace
}  // namespace masterkey2
