#include "service/key_ring_holder.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

class KeyRingHolderTest : public ::testing::Test {
 protected:
  const KeyRing first_ = KeyRing::generate(system_random(), 1);
  Result<KeyRing, KeyRingError> file_ = first_;
  KeyRingHolder holder_{first_, [this] { return file_; }};
};

TEST_F(KeyRingHolderTest, ExchangesTheRingWhenTheFileHasChanged) {
  const auto in_use = holder_.current();
  EXPECT_EQ(holder_.reload().value(), false);
  EXPECT_EQ(holder_.current(), in_use);
  file_ = first_.with_new_key(system_random(), 2).value();
  EXPECT_EQ(holder_.reload().value(), true);
  EXPECT_EQ(holder_.current()->keys().size(), 2U);
  EXPECT_EQ(in_use->keys().size(), 1U);  // for requests under way
}

TEST_F(KeyRingHolderTest, KeepsTheRingWhenTheFileIsBroken) {
  file_ = KeyRingError{"broken"};
  EXPECT_EQ(holder_.reload().error().detail, "broken");
  EXPECT_EQ(*holder_.current(), first_);
}

}  // namespace
}  // namespace masterkey2
