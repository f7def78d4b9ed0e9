#include "crypto/aead.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <thread>
#include <vector>

namespace masterkey2 {
namespace {

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

template <std::size_t N>
std::array<std::uint8_t, N> filled(std::uint8_t value) {
  std::array<std::uint8_t, N> array{};
  array.fill(value);
  return array;
}

const SecretKey kKey = filled<32>(7);
const AeadNonce kNonce = filled<12>(9);

// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 and 14.
TEST(Aead, SealsAsTheGcmTestCasesDo) {
  EXPECT_EQ(aead_seal(SecretKey{}, AeadNonce{}, {}, {}),
            from_hex("530f8afbc74536b9a963b4f1c4cb738b"));
  EXPECT_EQ(aead_seal(SecretKey{}, AeadNonce{}, {}, Bytes(16, 0)),
            from_hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"));
}

TEST(Aead, OpensWhatItSealed) {
  for (const std::size_t size : {0, 1, 15, 16, 17, 4'096}) {
    const Bytes plaintext(size, 0x5a);
    const Bytes sealed = aead_seal(kKey, kNonce, as_bytes("data"), plaintext);
    EXPECT_EQ(sealed.size(), size + 16);
    EXPECT_EQ(aead_open(kKey, kNonce, as_bytes("data"), sealed), plaintext);
  }
}

TEST(Aead, RefusesEveryFlippedBit) {
  const Bytes sealed = aead_seal(kKey, kNonce, as_bytes("data"), as_bytes("plaintext"));
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    Bytes changed = sealed;
    changed[i / 8] = static_cast<std::uint8_t>(changed[i / 8] ^ (1U << (i % 8)));
    EXPECT_EQ(aead_open(kKey, kNonce, as_bytes("data"), changed), std::nullopt) << "bit " << i;
  }
}

TEST(Aead, RefusesEveryShorterText) {
  const Bytes sealed = aead_seal(kKey, kNonce, {}, as_bytes("plaintext"));
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(aead_open(kKey, kNonce, {}, ByteView(sealed).first(size)), std::nullopt);
  }
}

TEST(Aead, RefusesAnotherKeyNonceOrAssociatedData) {
  const Bytes sealed = aead_seal(kKey, kNonce, as_bytes("data"), as_bytes("plaintext"));
  EXPECT_EQ(aead_open(filled<32>(8), kNonce, as_bytes("data"), sealed), std::nullopt);
  EXPECT_EQ(aead_open(kKey, filled<12>(8), as_bytes("data"), sealed), std::nullopt);
  EXPECT_EQ(aead_open(kKey, kNonce, as_bytes("Data"), sealed), std::nullopt);
  EXPECT_EQ(aead_open(kKey, kNonce, {}, sealed), std::nullopt);
}

TEST(Aead, GoesOnAfterARefusal) {
  const Bytes sealed = aead_seal(kKey, kNonce, {}, as_bytes("plaintext"));
  EXPECT_EQ(aead_open(kKey, kNonce, as_bytes("x"), sealed), std::nullopt);
  EXPECT_TRUE(aead_open(kKey, kNonce, {}, sealed));
}

TEST(Aead, IsThreadSafe) {
  std::vector<std::jthread> threads;
  std::vector<int> good(4, 0);
  for (std::size_t t = 0; t < good.size(); ++t) {
    threads.emplace_back([t, &good] {
      const SecretKey key = filled<32>(static_cast<std::uint8_t>(t));
      const Bytes plaintext(100 + t, static_cast<std::uint8_t>(t));
      for (int i = 0; i < 1'000; ++i) {
        good[t] += aead_open(key, kNonce, {}, aead_seal(key, kNonce, {}, plaintext)) == plaintext;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(std::count(good.begin(), good.end(), 1'000), 4);
}

}  // namespace
}  // namespace masterkey2
