#include "crypto/ecdsa_signature.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

TEST(EcdsaSignatureDer, WritesShortestPositiveIntegers) {
  EXPECT_EQ(ecdsa_signature_der(Bytes{0x01, 0x7F}),
            (Bytes{0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x7F}));
  EXPECT_EQ(ecdsa_signature_der(Bytes{0x80, 0x00}),
            (Bytes{0x30, 0x07, 0x02, 0x02, 0x00, 0x80, 0x02, 0x01, 0x00}));
  EXPECT_EQ(ecdsa_signature_der(Bytes{0x00, 0x05, 0x00, 0x80}),
            (Bytes{0x30, 0x07, 0x02, 0x01, 0x05, 0x02, 0x02, 0x00, 0x80}));
}

TEST(EcdsaSignatureDer, WritesTheLongFormForP521) {
  const Bytes der = ecdsa_signature_der(Bytes(132, 0x01));
  ASSERT_EQ(der.size(), 3U + 2 * (2 + 66));
  EXPECT_EQ(der[0], 0x30);
  EXPECT_EQ(der[1], 0x81);
  EXPECT_EQ(der[2], 2 * (2 + 66));
}

TEST(EcdsaSignatureDer, IsEmptyForWhatIsNoSignature) {
  EXPECT_TRUE(ecdsa_signature_der({}).empty());
  EXPECT_TRUE(ecdsa_signature_der(Bytes(1, 1)).empty());
  EXPECT_TRUE(ecdsa_signature_der(Bytes(63, 1)).empty());
  EXPECT_TRUE(ecdsa_signature_der(Bytes(134, 1)).empty());
}

}  // namespace
}  // namespace masterkey2
