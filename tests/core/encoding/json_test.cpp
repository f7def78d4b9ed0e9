#include "encoding/json.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

using std::string_literals::operator""s;

std::string refusal(std::string_view text, const JsonLimits& limits = {}) {
  const auto parsed = parse_json(text, limits);
  return parsed ? "accepted" : parsed.error().detail;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Json, ReadsEveryKindOfValue) {
  const auto parsed = parse_json(R"( {"a":[1,-2,2.5,true,null,"\u00e9\ud83d\ude00"],"b":{}} )");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->at("a").at(0), 1);
  EXPECT_EQ(parsed->at("a").at(1), -2);
  EXPECT_TRUE(parsed->at("a").at(0).is_number_unsigned());
  EXPECT_TRUE(parsed->at("a").at(2).is_number_float());
  EXPECT_TRUE(parsed->at("a").at(4).is_null());
  EXPECT_EQ(parsed->at("a").at(5), "\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_TRUE(parsed->at("b").empty());
  EXPECT_EQ(parse_json("7").value(), 7);
}

TEST(Json, KeepsTheOrderOfArraysInArrays) {
  EXPECT_EQ(parse_json("[[1,[2]],[],{\"a\":[3]},4]")->dump(), "[[1,[2]],[],{\"a\":[3]},4]");
}

TEST(Json, RefusesDuplicateMembers) {
  EXPECT_EQ(refusal(R"({"a":1,"a":2})"), "a duplicate member");
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})"), "a duplicate member");
  EXPECT_EQ(refusal(R"({"o":{"a":1,"b":2,"a":null}})"), "a duplicate member");
  EXPECT_EQ(refusal(R"({"a":1,"o":{"a":1},"A":2})"), "accepted");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const std::string_view text :
       {"",    " ",        "{",      "}",        "[1,]",      "{\"a\":1,}", "{a:1}", "'a'",
        "01",  "+1",       ".5",     "1.",       "NaN",       "Infinity",   "tru",   "{} {}",
        "{}x", "// c\n{}", "{/**/}", "\"a\nb\"", "\"\\x41\"", "[1 2]"}) {
    EXPECT_TRUE(refusal(text).starts_with("not JSON at byte ")) << text << ": " << refusal(text);
  }
}

TEST(Json, RefusesAByteOrderMark) { EXPECT_EQ(refusal("\xEF\xBB\xBF{}"), "a byte order mark"); }

TEST(Json, RefusesNul) {
  EXPECT_EQ(refusal("{}\0"s), "a NUL byte");
  EXPECT_EQ(refusal("{}\0garbage"s), "a NUL byte");
  EXPECT_EQ(refusal("\"a\0b\""s), "a NUL byte");
  EXPECT_EQ(refusal(R"({"a":"\u0000"})"), "NUL in a string");
  EXPECT_EQ(refusal(R"({"\u0000":1})"), "NUL in a string");
}

TEST(Json, RefusesInvalidUtf8) {
  for (const std::string_view bytes :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xE2\x82"}) {
    const std::string value = "\"" + std::string(bytes) + "\"";
    EXPECT_NE(refusal(value), "accepted");
    EXPECT_NE(refusal("{" + value + ":1}"), "accepted");
  }
}

TEST(Json, RefusesLoneSurrogates) {
  for (const std::string_view text :
       {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")", R"("\ude00\ud83d")"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
}

TEST(Json, RefusesNumbersBeyondADouble) {
  EXPECT_EQ(refusal("1e400"), "a number out of range at byte 5");
  EXPECT_NE(refusal("[-1e309]"), "accepted");
  EXPECT_NE(refusal(std::string(400, '9')), "accepted");
  EXPECT_EQ(refusal("1e308"), "accepted");
}

TEST(Json, KeepsIntegersAsTheyAre) {
  EXPECT_EQ(parse_json("18446744073709551615")->get<std::uint64_t>(), 18446744073709551615U);
  EXPECT_EQ(parse_json("-9223372036854775808")->get<std::int64_t>(), INT64_MIN);
  EXPECT_TRUE(parse_json("30.9")->is_number_float());
  EXPECT_TRUE(parse_json("18446744073709551616")->is_number_float());
}

TEST(Json, BoundsBytes) {
  EXPECT_EQ(refusal("[10]", {.max_bytes = 4}), "accepted");
  EXPECT_EQ(refusal("[100]", {.max_bytes = 4}), "more than 4 bytes");
}

TEST(Json, BoundsDepth) {
  EXPECT_EQ(refusal(nested(8)), "accepted");
  EXPECT_EQ(refusal(nested(9)), "nested deeper than 8");
  EXPECT_EQ(refusal(std::string(30'000, '[')), "nested deeper than 8");
  EXPECT_EQ(refusal(R"({"a":{"b":{}}})", {.max_depth = 2}), "nested deeper than 2");
  EXPECT_EQ(refusal("1", {.max_depth = 0}), "accepted");
}

TEST(Json, BoundsValues) {
  EXPECT_EQ(refusal("[1,2]", {.max_values = 3}), "accepted");
  EXPECT_EQ(refusal("[1,2,3]", {.max_values = 3}), "more than 3 values");
  EXPECT_EQ(refusal(R"({"a":{},"b":[]})", {.max_values = 2}), "more than 2 values");
}

TEST(Json, NeverQuotesTheInput) {
  EXPECT_EQ(refusal(R"({"token":"s3cret" x)").find("s3cret"), std::string::npos);
}

TEST(Json, WhatIsAcceptedCanBeDumped) {
  const std::string_view text = R"({"a":["\u0001\u007f\uffff",1.5,-1],"\ud83d\ude00":[[[[{}]]]]})";
  const auto parsed = parse_json(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parse_json(parsed->dump()).value(), *parsed);
}

TEST(Json, EveryTruncationIsRefused) {
  const std::string text = R"({"a":[1,"b\u0041",{"c":null}],"d":true})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(refusal(text.substr(0, size)), "accepted") << size;
  }
}

}  // namespace
}  // namespace masterkey2
