#include "encoding/utf8.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

TEST(Utf8, AcceptsTheEdgesOfEveryLength) {
  EXPECT_TRUE(is_utf8(""));
  for (const std::string_view text :
       {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text));
    EXPECT_EQ(decode_utf8(text), text);
  }
}

TEST(Utf8, RefusesWhatIsIllFormed) {
  for (const std::string_view text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE2\x82",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFE", "\xFF", "a\xFF"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

TEST(Utf8, TellsControlCharacters) {
  for (const std::string_view text : {"a\n", "\x1F", "\x7F", "\xC2\x80", "\xC2\x9F"}) {
    EXPECT_TRUE(has_control_character(text));
  }
  for (const std::string_view text : {"", " ~", "\xC2\xA0", "\xC3\x80", "\xE2\x80\xA8"}) {
    EXPECT_FALSE(has_control_character(text));
  }
}

TEST(Utf8, ReplacesEachMaximalPart) {
  EXPECT_EQ(decode_utf8("a\xFF"
                        "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(decode_utf8("\xE2\x82"
                        "x"),
            "\xEF\xBF\xBDx");
  EXPECT_EQ(decode_utf8("\xE2\x82"), "\xEF\xBF\xBD");
  EXPECT_EQ(decode_utf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(decode_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(decode_utf8("\xF0\x9F\x98"
                        "\xE2\x82\xAC"),
            "\xEF\xBF\xBD\xE2\x82\xAC");
}

TEST(Utf8, StripsOneByteOrderMarkAtTheStart) {
  EXPECT_EQ(decode_utf8("\xEF\xBB\xBF{}"), "{}");
  EXPECT_EQ(decode_utf8("\xEF\xBB\xBF\xEF\xBB\xBF"), "\xEF\xBB\xBF");
  EXPECT_EQ(decode_utf8("a\xEF\xBB\xBF"), "a\xEF\xBB\xBF");
}

}  // namespace
}  // namespace masterkey2
