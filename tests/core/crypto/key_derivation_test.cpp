#include "crypto/key_derivation.hpp"

#include <gtest/gtest.h>

#include <string>

namespace masterkey2 {
namespace {

std::string hex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

SecretKey derive_key(ByteView secret, std::string_view purpose, ByteView context) {
  return expand_key(extract_key(secret), purpose, context);
}

// Expected values: HKDF-SHA-256 without salt, computed with `openssl kdf` apart from this code.
TEST(DeriveKey, IsHkdfWithPurposeZeroAndContextAsInfo) {
  const Bytes secret(32, 0x0b);
  const Bytes context = {0x01, 0x02, 0x03};
  EXPECT_EQ(hex(derive_key(secret, "purpose", context)),
            "94c075896bbde5c7107227c9755cc8d17dc3204ccc3bccc7863e4a7c44be48e4");
  EXPECT_EQ(hex(derive_key(secret, "", {})),
            "2dfbd3aa8c9c660028623ac6d8a45b9730aba573197524b92d838a3ec42619ff");
}

TEST(DeriveKey, DiffersByEachInput) {
  const Bytes secret(32, 1);
  Bytes other_secret = secret;
  other_secret[31] ^= 1;
  const Bytes context = {1};
  const Bytes other_context = {2};
  const SecretKey key = derive_key(secret, "a", context);
  EXPECT_NE(key, derive_key(other_secret, "a", context));
  EXPECT_NE(key, derive_key(secret, "b", context));
  EXPECT_NE(key, derive_key(secret, "a", other_context));
  EXPECT_EQ(key, derive_key(secret, "a", context));
}

TEST(DeriveKey, KeepsPurposeAndContextApart) {
  const Bytes secret(32, 1);
  EXPECT_NE(derive_key(secret, "ab", as_bytes("c")), derive_key(secret, "a", as_bytes("bc")));
}

}  // namespace
}  // namespace masterkey2
