#include "encoding/base64url.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

TEST(Base64url, EncodesWithoutPadding) {
  // RFC 4648 §10, and the two characters that differ from base64.
  EXPECT_EQ(base64url_encode(as_bytes("")), "");
  EXPECT_EQ(base64url_encode(as_bytes("f")), "Zg");
  EXPECT_EQ(base64url_encode(as_bytes("fo")), "Zm8");
  EXPECT_EQ(base64url_encode(as_bytes("foo")), "Zm9v");
  EXPECT_EQ(base64url_encode(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(base64url_encode(Bytes{0xFB, 0xFF, 0xFE}), "-__-");
}

TEST(Base64url, AppendsToWhatStandsThere) {
  std::string text = "mk2a_";
  append_base64url(text, as_bytes("fo"));
  append_base64url(text, {});
  append_base64url(text += '.', as_bytes("foo"));
  EXPECT_EQ(text, "mk2a_Zm8.Zm9v");
}

TEST(Base64url, DecodesWhatItEncodes) {
  Bytes bytes;
  for (int size = 0; size < 300; ++size) {
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes) << size;
    bytes.push_back(static_cast<std::uint8_t>(size * 7 + 3));
  }
}

TEST(Base64url, RefusesPadding) {
  EXPECT_FALSE(base64url_decode("Zg=="));
  EXPECT_FALSE(base64url_decode("Zm8="));
  EXPECT_FALSE(base64url_decode("="));
}

TEST(Base64url, RefusesEveryCharacterOutsideTheAlphabet) {
  int accepted = 0;
  for (int value = 0; value < 256; ++value) {
    std::string text = "AAAA";
    text[1] = static_cast<char>(value);
    if (base64url_decode(text)) ++accepted;
  }
  EXPECT_EQ(accepted, 64);
  EXPECT_FALSE(base64url_decode("+/+/"));
  EXPECT_FALSE(base64url_decode("Zm 9v"));
  EXPECT_FALSE(base64url_decode("Zm9v\n"));
}

TEST(Base64url, RefusesALengthThatNoBytesHave) {
  EXPECT_FALSE(base64url_decode("A"));
  EXPECT_FALSE(base64url_decode("AAAAA"));
}

TEST(Base64url, RefusesTrailingBitsThatAreNotZero) {
  EXPECT_TRUE(base64url_decode("AA"));
  EXPECT_FALSE(base64url_decode("AB"));
  EXPECT_FALSE(base64url_decode("AP"));
  EXPECT_TRUE(base64url_decode("AAA"));
  EXPECT_FALSE(base64url_decode("AAB"));
  EXPECT_FALSE(base64url_decode("AAD"));
}

}  // namespace
}  // namespace masterkey2
