#include "crypto/constant_time.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

TEST(EqualInConstantTime, ComparesBytesAndSizes) {
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_TRUE(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("Xbc")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("ab")));
  EXPECT_FALSE(equal_in_constant_time({}, as_bytes("a")));
}

}  // namespace
}  // namespace masterkey2
