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

TEST(Rfc3339Text, RoundsDownBefore1970) { EXPECT_EQ(rfc3339_text(-1), "1969-12-31T23:59:59.999Z"); }

TEST(Rfc3339Text, StaysWithinFourDigitsOfYears) {
  EXPECT_EQ(rfc3339_text(INT64_MIN), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339_text(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

TEST(ParseRfc3339, ReadsWhatIsWritten) {
  for (const UnixMillis at : {UnixMillis{0}, UnixMillis{-1}, UnixMillis{1'709'210'096'007},
                              UnixMillis{253'402'300'799'999}, UnixMillis{-62'167'219'200'000}}) {
    EXPECT_EQ(parse_rfc3339(rfc3339_text(at)), at);
  }
}

TEST(ParseRfc3339, ReadsOffsetsAndFractions) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01Z"), 1000);
  EXPECT_EQ(parse_rfc3339("1970-01-01t01:00:00.5+01:00"), 500);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:30:00.1239-00:30"), 123);
  EXPECT_EQ(parse_rfc3339("2024-02-29T12:34:56.007z"), 1'709'210'096'007);
}

TEST(ParseRfc3339, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-1-01T00:00:00Z",
        "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "2023-02-29T00:00:00Z",
        "1970-04-31T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
        "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+1:00",
        "1970-01-01T00:00:00+0100", "1970-01-01T00:00:00Zx", "+1970-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace masterkey2
