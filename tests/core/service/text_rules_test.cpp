#include "service/text_rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace masterkey2 {
namespace {

TEST(ExternalId, Is1To255Bytes) {
  EXPECT_FALSE(is_external_id(""));
  EXPECT_TRUE(is_external_id("a"));
  EXPECT_TRUE(is_external_id(std::string(255, 'a')));
  EXPECT_FALSE(is_external_id(std::string(256, 'a')));
}

TEST(ExternalId, FitsIntoAPathSegmentAndALine) {
  for (const char c : std::string("/\\?#%\n\r\t\x01\x7f")) {
    EXPECT_FALSE(is_external_id(std::string("a") + c + "b"));
  }
  EXPECT_FALSE(is_external_id(std::string("a\0b", 3)));
  EXPECT_FALSE(is_external_id("."));
  EXPECT_FALSE(is_external_id(".."));
  EXPECT_TRUE(is_external_id("..."));
  EXPECT_FALSE(is_external_id(" a"));
  EXPECT_FALSE(is_external_id("a "));
  EXPECT_TRUE(is_external_id("a b"));
}

TEST(ExternalId, IsUtf8) {
  EXPECT_TRUE(is_external_id("\xC3\xA9"));
  EXPECT_TRUE(is_external_id("\xF0\x9F\x94\x91"));
  EXPECT_FALSE(is_external_id("\xC3"));
  EXPECT_FALSE(is_external_id("\xC0\xAF"));
  EXPECT_FALSE(is_external_id("\xED\xA0\x80"));
  EXPECT_FALSE(is_external_id("a\xC2\x85"));  // a C1 control character
}

TEST(Name, IsAtMost256BytesOfUtf8WithoutControlCharacters) {
  EXPECT_TRUE(is_name(""));
  EXPECT_TRUE(is_name(std::string(256, 'a')));
  EXPECT_FALSE(is_name(std::string(257, 'a')));
  EXPECT_TRUE(is_name("<b>Ada</b> / \xF0\x9F\x94\x91"));
  EXPECT_FALSE(is_name("a\nb"));
  EXPECT_FALSE(is_name("\xFF"));
}

}  // namespace
}  // namespace masterkey2
