#include "cbor/cbor_parser.hpp"

#include <gtest/gtest.h>

#include <random>

namespace masterkey2 {
namespace {

Bytes from_hex(std::string_view hex) {
  const auto digit = [](char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  }
  return bytes;
}

/// Why the bytes are refused, without the position; empty if they are accepted.
std::string refusal(std::string_view hex, const CborLimits& limits = {}) {
  const Bytes bytes = from_hex(hex);
  const auto parsed = parse_cbor(bytes, limits);
  if (parsed) return "";
  const std::string& detail = parsed.error().detail;
  return detail.substr(0, detail.find(" at byte "));
}

std::int64_t integer(std::string_view hex) {
  const Bytes bytes = from_hex(hex);
  const auto parsed = parse_cbor(bytes);
  return parsed && parsed->integer() ? *parsed->integer() : 4711;
}

TEST(Cbor, ReadsIntegers) {
  EXPECT_EQ(integer("00"), 0);
  EXPECT_EQ(integer("17"), 23);
  EXPECT_EQ(integer("1818"), 24);
  EXPECT_EQ(integer("18ff"), 255);
  EXPECT_EQ(integer("190100"), 256);
  EXPECT_EQ(integer("1a00010000"), 65536);
  EXPECT_EQ(integer("1b7fffffffffffffff"), INT64_MAX);
  EXPECT_EQ(integer("20"), -1);
  EXPECT_EQ(integer("390100"), -257);
  EXPECT_EQ(integer("3b7fffffffffffffff"), INT64_MIN);
}

TEST(Cbor, ReadsStringsArraysMapsAndSimpleValues) {
  const Bytes bytes = from_hex("a5014302030402f503f420826161f97e00616280");
  const auto parsed = parse_cbor(bytes);
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_TRUE(equal_bytes(*parsed->find(1)->bytes(), Bytes{2, 3, 4}));
  EXPECT_EQ(*parsed->find(2)->boolean(), true);
  EXPECT_EQ(*parsed->find(3)->boolean(), false);
  ASSERT_EQ(parsed->find(-1)->array()->size(), 2U);
  EXPECT_EQ(*parsed->find(-1)->array()->at(0).text(), "a");
  EXPECT_EQ(parsed->find(-1)->array()->at(1).integer(), nullptr);
  EXPECT_TRUE(parsed->find("b")->array()->empty());
  EXPECT_EQ(parsed->find(7), nullptr);
  EXPECT_EQ(parsed->find("a"), nullptr);
  EXPECT_EQ(parsed->find(1)->find(1), nullptr);
  EXPECT_EQ(parsed->find(1)->text(), nullptr);
  EXPECT_EQ(parsed->find(2)->map(), nullptr);
}

TEST(Cbor, ReadsWhatItNeverUsesAsOther) {
  for (const std::string_view hex : {"f6", "f7", "f97e00", "fa47c35000", "fb7ff0000000000000",
                                     "1b8000000000000000", "3bffffffffffffffff"}) {
    EXPECT_EQ(refusal(hex), "") << hex;
    const Bytes bytes = from_hex(hex);
    EXPECT_EQ(parse_cbor(bytes)->integer(), nullptr) << hex;
  }
}

TEST(Cbor, RefusesBytesBehindTheItem) {
  EXPECT_EQ(refusal("0000"), "1 bytes behind the item");
  EXPECT_EQ(refusal("a000"), "1 bytes behind the item");
}

TEST(Cbor, PrefixReportsWhatItTook) {
  const Bytes bytes = from_hex("a1010243ff");
  EXPECT_EQ(parse_cbor_prefix(bytes)->size, 3U);
  EXPECT_FALSE(parse_cbor(bytes));
}

TEST(Cbor, RefusesWhatIsCutShort) {
  for (const std::string_view hex : {"", "18", "1900", "42", "4200", "62", "6261", "81", "8201",
                                     "a1", "a101", "5b00000000000000", "fb00"}) {
    EXPECT_NE(refusal(hex), "") << hex;
  }
}

TEST(Cbor, RefusesEncodingsLongerThanNeedBe) {
  for (const std::string_view hex :
       {"1817", "190017", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3800", "390010", "580100",
        "59000100", "780161", "980100", "b8010101", "9a0000000100"}) {
    EXPECT_EQ(refusal(hex), "an encoding longer than need be") << hex;
  }
}

TEST(Cbor, RefusesIndefiniteLengths) {
  for (const std::string_view hex : {"5f4100ff", "7f6161ff", "9f00ff", "bf0000ff", "ff"}) {
    EXPECT_EQ(refusal(hex), "an indefinite length") << hex;
  }
}

TEST(Cbor, RefusesTags) {
  for (const std::string_view hex : {"c000", "d81800", "d9d9f700", "81c000"}) {
    EXPECT_EQ(refusal(hex), "a tag") << hex;
  }
}

TEST(Cbor, RefusesReservedEncodings) {
  for (const std::string_view hex : {"1c", "1d", "1e", "1f", "3f", "5c", "7c", "9c", "bc", "dc",
                                     "df", "f800", "f8ff", "fc", "fe", "e0", "f3"}) {
    EXPECT_NE(refusal(hex), "") << hex;
  }
}

TEST(Cbor, RefusesKeysTwiceOrOutOfOrder) {
  EXPECT_EQ(refusal("a2010001f5"), "a duplicate key");
  EXPECT_EQ(refusal("a2616100616101"), "a duplicate key");
  EXPECT_EQ(refusal("a202000100"), "keys out of order");
  EXPECT_EQ(refusal("a220000100"), "keys out of order");        // -1 before 1
  EXPECT_EQ(refusal("a262616100616200"), "keys out of order");  // "aa" before "b"
  EXPECT_EQ(refusal("a26161000100"), "keys out of order");      // text before an integer
  EXPECT_EQ(refusal("a201006000"), "");
  EXPECT_EQ(refusal("a21818006000"), "");  // the major type counts before the length
  EXPECT_EQ(refusal("a3010020002100"), "");
}

TEST(Cbor, RefusesKeysOfOtherTypes) {
  for (const std::string_view hex : {"a1410000", "a1f500", "a18000", "a1a000", "a1f600"}) {
    EXPECT_EQ(refusal(hex), "a key that is neither integer nor text") << hex;
  }
}

TEST(Cbor, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(refusal("61ff"), "text that is not UTF-8");
  EXPECT_EQ(refusal("62c080"), "text that is not UTF-8");
  EXPECT_EQ(refusal("62c3a9"), "");
  EXPECT_EQ(refusal("41ff"), "");
}

TEST(Cbor, RefusesCountsThatTheInputCannotHold) {
  for (const std::string_view hex :
       {"9b0000000010000000", "9bffffffffffffffff", "9a10000000", "8100ff", "8200"}) {
    EXPECT_NE(refusal(hex), "") << hex;
  }
  EXPECT_EQ(refusal("9b0000000110000000"), "more items than bytes");
  EXPECT_EQ(refusal("bb0000000110000000"), "more items than bytes");
  EXPECT_EQ(refusal("a20000"), "more items than bytes");
  EXPECT_EQ(refusal("5b0000000110000000"), "cut short");
  EXPECT_EQ(refusal("5bffffffffffffffff"), "cut short");
  EXPECT_EQ(refusal("7bffffffffffffffff"), "cut short");
}

TEST(Cbor, BoundsDepth) {
  EXPECT_EQ(refusal("8181818100"), "");
  EXPECT_EQ(refusal("818181818100"), "nested too deep");
  EXPECT_EQ(refusal("a100a100a100a100a10000"), "nested too deep");
  const Bytes deep(60'000, 0x81);
  EXPECT_FALSE(parse_cbor(deep, {.max_depth = 1'000'000, .max_items = 1'000'000}));
}

TEST(Cbor, BoundsItems) {
  EXPECT_EQ(refusal("83000000", {.max_items = 4}), "");
  EXPECT_EQ(refusal("83000000", {.max_items = 3}), "more than 3 items");
  EXPECT_EQ(refusal("a200000100", {.max_items = 4}), "more than 4 items");
}

/// Bytes that hold every kind of item.
Bytes everything() {
  return from_hex(
      "a5011818"
      "0283f5616143010203"
      "20a101f97e00"
      "616280"
      "626161390100");
}

TEST(Cbor, EveryTruncationIsRefused) {
  const Bytes bytes = everything();
  ASSERT_TRUE(parse_cbor(bytes)) << parse_cbor(bytes).error().detail;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_cbor(ByteView(bytes).first(size))) << size;
  }
}

TEST(Cbor, MutationsNeverBreakTheBounds) {
  std::mt19937 random(1);
  const Bytes seed = everything();
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = seed;
    for (std::uint32_t change = random() % 4; change < 4; ++change) {
      const std::size_t at = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[at] = static_cast<std::uint8_t>(random());
          break;
        case 1:
          bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                       static_cast<std::uint8_t>(random()));
          break;
        default:
          if (bytes.size() > 1) bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
    const auto whole = parse_cbor(bytes);
    const auto prefix = parse_cbor_prefix(bytes);
    ASSERT_EQ(whole.has_value(), prefix.has_value() && prefix->size == bytes.size());
    if (prefix) {
      ++accepted;
      ASSERT_TRUE(parse_cbor(ByteView(bytes).first(prefix->size)));
    }
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace masterkey2
