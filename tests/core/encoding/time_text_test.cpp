#include "encoding/time_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace masterkey2 {
namespace {

TEST(Rfc3339Text, IsUtcWithMilliseconds) {
  EXPECT_EQ(rfc3339_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339_text(1'700'000'000'123), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(rfc3339_text(1'709'210'096'007), "2024-02-29T12:34:56.007Z");
}

TEST(Rfc3339Text, RoundsDownBefore1970) {
  EXPECT_EQ(rfc3339_text(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339Text, StaysWithinFourDigitsOfYears) {
  EXPECT_EQ(rfc3339_text(INT64_MIN), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339_text(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace masterkey2
