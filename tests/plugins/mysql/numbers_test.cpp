// Numbers that come in one column.
#include "plugins/mysql/numbers.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

using mysql::Numbers;
using mysql::SqlError;

TEST(Numbers, AreReadFromLeftToRight) {
  Numbers numbers("7 -8 0 1");
  EXPECT_EQ(numbers.integer<std::uint64_t>(), 7U);
  EXPECT_EQ(numbers.integer<std::int64_t>(), -8);
  EXPECT_FALSE(numbers.boolean());
  EXPECT_TRUE(numbers.boolean());
  EXPECT_NO_THROW(numbers.end());
}

TEST(Numbers, HoldTheLargestAndTheSmallest) {
  Numbers numbers("18446744073709551615 -9223372036854775808 4294967295 255");
  EXPECT_EQ(numbers.integer<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(numbers.integer<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(numbers.integer<std::uint32_t>(), std::numeric_limits<std::uint32_t>::max());
  EXPECT_EQ(numbers.integer<std::uint8_t>(), std::numeric_limits<std::uint8_t>::max());
}

TEST(Numbers, BeyondTheLimitsOfTheirTypeAreCorrupt) {
  EXPECT_THROW(static_cast<void>(Numbers("256").integer<std::uint8_t>()), SqlError);
  EXPECT_THROW(static_cast<void>(Numbers("-1").integer<std::uint32_t>()), SqlError);
  EXPECT_THROW(static_cast<void>(Numbers("18446744073709551616").integer<std::uint64_t>()),
               SqlError);
}

TEST(Numbers, MayBeNullWhereThatIsAskedFor) {
  Numbers numbers("- 5 -");
  EXPECT_TRUE(numbers.skip_null());
  EXPECT_FALSE(numbers.skip_null());
  EXPECT_EQ(numbers.integer<std::uint64_t>(), 5U);
  EXPECT_TRUE(numbers.skip_null());
  EXPECT_NO_THROW(numbers.end());
}

TEST(Numbers, ANegativeOneIsNotNull) {
  Numbers numbers("-5");
  EXPECT_FALSE(numbers.skip_null());
  EXPECT_EQ(numbers.integer<std::int64_t>(), -5);
}

TEST(Numbers, ThatAreMissingAreCorrupt) {
  Numbers numbers("5");
  EXPECT_EQ(numbers.integer<std::uint64_t>(), 5U);
  EXPECT_FALSE(numbers.skip_null());
  EXPECT_THROW(static_cast<void>(numbers.integer<std::uint64_t>()), SqlError);
  EXPECT_THROW(static_cast<void>(Numbers("").boolean()), SqlError);
}

TEST(Numbers, BesideWhatIsNoneAreCorrupt) {
  for (const char* text : {"x", "5x", "5.0", "5,6", " 5", "+5", "-", "0x5"}) {
    EXPECT_THROW(static_cast<void>(Numbers(text).integer<std::uint64_t>()), SqlError) << text;
  }
}

TEST(Numbers, LeftOverAreCorrupt) {
  Numbers numbers("5 6");
  EXPECT_THROW(numbers.end(), SqlError);
  EXPECT_EQ(numbers.integer<std::uint64_t>(), 5U);
  EXPECT_THROW(numbers.end(), SqlError);
}

using NumbersOfRows = MysqlTest;

TEST_F(NumbersOfRows, WithANullThatMustNotBeThereAreCorrupt) {
  fill();
  execute("ALTER TABLE " + database() + ".credentials MODIFY last_used_at BIGINT NULL");
  execute("UPDATE " + database() + ".credentials SET last_used_at = NULL");
  const auto found = storage().find_user(id_of<TenantId>(1), id_of<UserHandle>(1), true, {});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, StorageErrorCode::kCorrupt) << found.error().detail;
}

}  // namespace
}  // namespace masterkey2::testing
