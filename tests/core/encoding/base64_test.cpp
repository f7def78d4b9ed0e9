#include "encoding/base64.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

TEST(Base64, EncodesTheExamplesOfRfc4648) {
  EXPECT_EQ(base64_encode({}), "");
  EXPECT_EQ(base64_encode(as_bytes("f")), "Zg==");
  EXPECT_EQ(base64_encode(as_bytes("fo")), "Zm8=");
  EXPECT_EQ(base64_encode(as_bytes("foo")), "Zm9v");
  EXPECT_EQ(base64_encode(as_bytes("foob")), "Zm9vYg==");
  EXPECT_EQ(base64_encode(Bytes{0xFB, 0xEF, 0xFF}), "++//");
}

TEST(Base64, DecodesWhatItEncodes) {
  Bytes bytes;
  for (int size = 0; size < 300; ++size) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    bytes.push_back(static_cast<std::uint8_t>(size * 7));
  }
}

TEST(Base64, RefusesEveryOtherText) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm9v=", "====", "==", "=",
        "Zg==Zg==", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "--__", "Zm9v====", "Z=g="}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

}  // namespace
}  // namespace masterkey2
