#include "crypto/signing_key.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace masterkey2 {
namespace {

const ByteView kMessage = as_bytes("header.payload");

TEST(EcSigningKey, SignsWhatItsPublicPointVerifies) {
  const EcSigningKey key = EcSigningKey::generate();
  const Bytes signature = key.sign(kMessage);
  EXPECT_EQ(signature.size(), 64U);
  EXPECT_TRUE(verify_es256(key.public_point(), kMessage, signature));
  EXPECT_FALSE(verify_es256(key.public_point(), as_bytes("header.payloaD"), signature));
  EXPECT_FALSE(verify_es256(EcSigningKey::generate().public_point(), kMessage, signature));
}

TEST(EcSigningKey, PadsRAndSTo32BytesEach) {
  const EcSigningKey key = EcSigningKey::generate();
  // One in 128 has a short r or s.
  for (int i = 0; i < 600; ++i) {
    const Bytes signature = key.sign(kMessage);
    ASSERT_EQ(signature.size(), 64U);
    ASSERT_TRUE(verify_es256(key.public_point(), kMessage, signature));
  }
}

TEST(EcSigningKey, ComesBackFromItsParts) {
  for (int i = 0; i < 300; ++i) {  // one scalar in 256 begins with a zero
    const EcSigningKey key = EcSigningKey::generate();
    ASSERT_EQ(key.private_scalar().size(), 32U);
    ASSERT_EQ(key.public_point().size(), 65U);
    const auto again = EcSigningKey::from_private(key.private_scalar(), key.public_point());
    ASSERT_TRUE(again);
    ASSERT_EQ(again->private_scalar(), key.private_scalar());
    ASSERT_EQ(again->public_point(), key.public_point());
  }
}

TEST(EcSigningKey, RefusesPartsThatDoNotBelongTogether) {
  const EcSigningKey key = EcSigningKey::generate();
  const EcSigningKey other = EcSigningKey::generate();
  EXPECT_FALSE(EcSigningKey::from_private(key.private_scalar(), other.public_point()));
}

TEST(EcSigningKey, RefusesBadParts) {
  const EcSigningKey key = EcSigningKey::generate();
  const Bytes scalar = key.private_scalar();
  const Bytes point = key.public_point();
  EXPECT_FALSE(EcSigningKey::from_private(ByteView(scalar).first(31), point));
  EXPECT_FALSE(EcSigningKey::from_private(scalar, ByteView(point).first(64)));
  EXPECT_FALSE(EcSigningKey::from_private(Bytes(32, 0), point));
  EXPECT_FALSE(EcSigningKey::from_private(Bytes(32, 0xff), point));
  Bytes off_curve = point;
  off_curve[64] ^= 1;
  EXPECT_FALSE(EcSigningKey::from_private(scalar, off_curve));
  Bytes compressed = point;
  compressed[0] = 0x02;
  EXPECT_FALSE(EcSigningKey::from_private(scalar, compressed));
}

TEST(EcSigningKey, SignsInAnyThreadAndAfterAMove) {
  EcSigningKey first = EcSigningKey::generate();
  const Bytes point = first.public_point();
  static_cast<void>(first.sign(kMessage));
  const EcSigningKey key = std::move(first);
  const EcSigningKey other = EcSigningKey::generate();
  std::vector<int> good(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& count : good) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          count += verify_es256(point, kMessage, key.sign(kMessage));
          count += verify_es256(other.public_point(), kMessage, other.sign(kMessage));
        }
      });
    }
  }
  for (const int count : good) EXPECT_EQ(count, 100);
}

TEST(VerifyEs256, RefusesEveryFlippedBitOfTheSignature) {
  const EcSigningKey key = EcSigningKey::generate();
  const Bytes point = key.public_point();
  const Bytes signature = key.sign(kMessage);
  for (std::size_t i = 0; i < signature.size() * 8; ++i) {
    Bytes changed = signature;
    changed[i / 8] = static_cast<std::uint8_t>(changed[i / 8] ^ (1U << (i % 8)));
    ASSERT_FALSE(verify_es256(point, kMessage, changed)) << "bit " << i;
  }
}

TEST(VerifyEs256, RefusesOtherSizesAndPointsOffTheCurve) {
  const EcSigningKey key = EcSigningKey::generate();
  const Bytes signature = key.sign(kMessage);
  Bytes point = key.public_point();
  EXPECT_FALSE(verify_es256(point, kMessage, ByteView(signature).first(63)));
  EXPECT_FALSE(verify_es256(point, kMessage, {}));
  EXPECT_FALSE(verify_es256(ByteView(point).first(64), kMessage, signature));
  EXPECT_FALSE(verify_es256(point, kMessage, Bytes(64, 0)));
  point[64] ^= 1;
  EXPECT_FALSE(verify_es256(point, kMessage, signature));
}

}  // namespace
}  // namespace masterkey2
