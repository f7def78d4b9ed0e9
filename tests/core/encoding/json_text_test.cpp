#include "encoding/json_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

#include "encoding/json.hpp"

namespace masterkey2 {
namespace {

std::string json_string(std::string_view text, std::size_t max_bytes = std::string_view::npos) {
  std::string out;
  append_json_string(out, text, max_bytes);
  return out;
}

TEST(JsonText, KeepsPlainAndUtf8Text) {
  EXPECT_EQ(json_string("a/b é 漢 \xF0\x9F\x94\x91"), "\"a/b é 漢 \xF0\x9F\x94\x91\"");
}

TEST(JsonText, EscapesQuotesBackslashesAndControls) {
  EXPECT_EQ(json_string("\"\\\n\r\t\x01\x1F\x7F"), "\"\\\"\\\\\\n\\r\\t\\u0001\\u001f\\u007f\"");
  EXPECT_EQ(json_string(std::string_view("a\0b", 3)), "\"a\\u0000b\"");
}

TEST(JsonText, EscapesWhatTerminalsAndEditorsActOn) {
  EXPECT_EQ(json_string("\xC2\x9B"), "\"\\u009b\"");      // CSI
  EXPECT_EQ(json_string("\xE2\x80\xAE"), "\"\\u202e\"");  // right-to-left override
  EXPECT_EQ(json_string("\xE2\x80\xA8"), "\"\\u2028\"");  // line separator
  EXPECT_EQ(json_string("\xEF\xBB\xBF"), "\"\\ufeff\"");  // byte order mark
}

TEST(JsonText, ReplacesEachByteThatIsNotUtf8) {
  for (const std::string_view bad : {"\xFF", "\x80", "\xC0", "\xC1", "\xF5"}) {
    EXPECT_EQ(json_string(bad), "\"\xEF\xBF\xBD\"");
  }
  EXPECT_EQ(json_string("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // overlong
  EXPECT_EQ(json_string("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // surrogate
  EXPECT_EQ(json_string("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // cut
}

TEST(JsonText, CutsBetweenCharactersAndMarksTheCut) {
  EXPECT_EQ(json_string("abcdef", 6), "\"abcdef\"");
  EXPECT_EQ(json_string("abcdef", 3), "\"abc…\"");
  EXPECT_EQ(json_string("aé", 2), "\"a…\"");
}

TEST(JsonText, CutsAtTheSamePlaceWhateverStandsBefore) {
  EXPECT_EQ(json_string("\"abcdef", 8), "\"\\\"abcdef\"");
  EXPECT_EQ(json_string("\"abcdef", 7), "\"\\\"abcde…\"");
  EXPECT_EQ(json_string("abc\"", 4), "\"abc…\"");
  EXPECT_EQ(json_string("abc", 0), "\"…\"");
}

TEST(JsonText, EveryByteSequenceOfTwoGivesJsonThatParses) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
      EXPECT_TRUE(Json::accept(json_string(bytes))) << first << ' ' << second;
    }
  }
}

TEST(JsonObjectText, WritesMembersInOrderAndLeavesEmptyOnesOut) {
  JsonObjectText object;
  object.text("a", "x").text_if("b", "").number("c", -5).text_if("d", "y");
  EXPECT_EQ(std::move(object).take(), R"({"a":"x","c":-5,"d":"y"})");
  EXPECT_EQ(JsonObjectText().take(), "{}");
}

TEST(JsonObjectText, WritesListsOfObjectsAndWhatIsJsonAlready) {
  std::vector<JsonObjectText> two(2);
  two[0].number("n", 1);
  JsonObjectText object;
  object.objects("none", {}).objects("two", std::move(two)).json("raw", "[1,null]");
  EXPECT_EQ(std::move(object).take(), R"({"none":[],"two":[{"n":1},{}],"raw":[1,null]})");
}

TEST(JsonObjectText, WritesBytesInBase64url) {
  JsonObjectText object;
  object.bytes("none", {}).bytes("some", Bytes{0xFB, 0xFF, 0xFE, 0x00});
  EXPECT_EQ(std::move(object).take(), R"({"none":"","some":"-__-AA"})");
}

TEST(JsonObjectText, WritesTruthValuesAndListsOfTexts) {
  JsonObjectText object;
  object.truth("yes", true).truth("no", false);
  object.texts("none", {}).texts("two", std::array<std::string_view, 2>{"x\"", "y"});
  EXPECT_EQ(std::move(object).take(), R"({"yes":true,"no":false,"none":[],"two":["x\"","y"]})");
}

}  // namespace
}  // namespace masterkey2
