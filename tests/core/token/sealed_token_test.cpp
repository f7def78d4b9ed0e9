#include "token/sealed_token.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "encoding/base64url.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint64_t kEpoch = 3;
constexpr std::array kKinds = {TokenKind::kSession, TokenKind::kUser, TokenKind::kCeremony,
                               TokenKind::kAuth,    TokenKind::kPoll, TokenKind::kQr};
const ByteView kPlaintext = as_bytes("claims of a token");

class SealedToken : public ::testing::Test {
 protected:
  [[nodiscard]] std::string seal(TokenKind kind) const {
    return seal_token(kind, kPlaintext, kEpoch, ring_, system_random());
  }
  [[nodiscard]] TokenFault fault(TokenKind kind, const std::string& text,
                                 std::uint64_t epoch = kEpoch) const {
    return open_token(kind, text, epoch, ring_).error();
  }

  KeyRing ring_ = KeyRing::generate(system_random(), 1);
};

TEST_F(SealedToken, OpensAsItsOwnKind) {
  for (const TokenKind kind : kKinds) {
    const auto opened = open_token(kind, seal(kind), kEpoch, ring_);
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, to_bytes(kPlaintext));
  }
}

TEST_F(SealedToken, IsRefusedAsAnyOtherKind) {
  for (const TokenKind kind : kKinds) {
    for (const TokenKind other : kKinds) {
      if (other == kind) continue;
      EXPECT_EQ(fault(other, seal(kind)), TokenFault::kWrongKind);
      // The prefix alone does not make another kind of it.
      std::string disguised = seal(kind);
      disguised.replace(0, 5, token_prefix(other));
      EXPECT_EQ(fault(other, disguised), TokenFault::kNotGenuine);
    }
  }
}

TEST_F(SealedToken, IsKnownByItsPrefix) {
  std::set<std::string_view> prefixes;
  for (const TokenKind kind : kKinds) {
    prefixes.insert(token_prefix(kind));
    EXPECT_EQ(token_kind(token_prefix(kind)), kind);
  }
  EXPECT_EQ(prefixes,
            (std::set<std::string_view>{"mk2s_", "mk2u_", "mk2c_", "mk2a_", "mk2p_", "mk2q_"}));
  EXPECT_EQ(token_kind("mk2x_abc"), std::nullopt);
  EXPECT_EQ(token_kind("MK2S_abc"), std::nullopt);
  EXPECT_EQ(token_kind("mk2s"), std::nullopt);
  EXPECT_EQ(token_kind(""), std::nullopt);
}

TEST_F(SealedToken, NeverOpensWithAnyOtherByteAnywhere) {
  const std::string token = seal(TokenKind::kSession);
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = token;
      changed[i] = static_cast<char>(value);
      if (changed == token) continue;
      ASSERT_FALSE(open_token(TokenKind::kSession, changed, kEpoch, ring_)) << "byte " << i;
    }
  }
}

TEST_F(SealedToken, NeverOpensShorterOrLonger) {
  const std::string token = seal(TokenKind::kCeremony);
  for (std::size_t size = 0; size < token.size(); ++size) {
    ASSERT_FALSE(open_token(TokenKind::kCeremony, token.substr(0, size), kEpoch, ring_));
  }
  for (const char* more : {"A", "AA", "AAAA", "=", "==", " ", "\n"}) {
    EXPECT_FALSE(open_token(TokenKind::kCeremony, token + more, kEpoch, ring_));
    EXPECT_FALSE(open_token(TokenKind::kCeremony, more + token, kEpoch, ring_));
  }
}

TEST_F(SealedToken, DiesWithItsEpoch) {
  const std::string token = seal(TokenKind::kUser);
  EXPECT_EQ(fault(TokenKind::kUser, token, kEpoch + 1), TokenFault::kNotGenuine);
  EXPECT_EQ(fault(TokenKind::kUser, token, kEpoch - 1), TokenFault::kNotGenuine);
}

TEST_F(SealedToken, DoesNotOpenWithAnotherRing) {
  const std::string token = seal(TokenKind::kAuth);
  const KeyRing other = KeyRing::generate(system_random(), 1);
  EXPECT_EQ(open_token(TokenKind::kAuth, token, kEpoch, other).error(), TokenFault::kUnknownKey);
  // The same key id with another secret.
  std::vector<RingKey> keys = ring_.keys();
  keys[0].secret[0] ^= 1;
  EXPECT_EQ(open_token(TokenKind::kAuth, token, kEpoch, KeyRing::from_keys(keys).value()).error(),
            TokenFault::kNotGenuine);
}

TEST_F(SealedToken, OpensUntilItsKeyIsRetired) {
  const std::string token = seal(TokenKind::kSession);
  const std::uint32_t first = ring_.active().id;
  KeyRing ring = ring_.with_new_key(system_random(), 2).value();
  ring = ring.with_activated(ring.keys().back().id).value();
  EXPECT_NE(ring.active().id, first);
  EXPECT_TRUE(open_token(TokenKind::kSession, token, kEpoch, ring));
  ring = ring.with_retired(first).value();
  EXPECT_EQ(open_token(TokenKind::kSession, token, kEpoch, ring).error(), TokenFault::kUnknownKey);
}

TEST_F(SealedToken, DiffersEachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(seal(TokenKind::kSession));
  EXPECT_EQ(seen.size(), 1'000U);
}

TEST_F(SealedToken, RefusesAnotherVersion) {
  const std::string token = seal(TokenKind::kSession);
  Bytes bytes = base64url_decode(std::string_view(token).substr(5)).value();
  for (const int version : {0, 2, 255}) {
    bytes[0] = static_cast<std::uint8_t>(version);
    EXPECT_EQ(fault(TokenKind::kSession, "mk2s_" + base64url_encode(bytes)),
              TokenFault::kMalformed);
  }
}

TEST_F(SealedToken, RefusesTextBeyondItsBound) {
  EXPECT_EQ(fault(TokenKind::kSession, "mk2s_" + std::string(8'192, 'A')), TokenFault::kMalformed);
  EXPECT_EQ(fault(TokenKind::kSession, "mk2s_" + std::string(1 << 20, 'A')),
            TokenFault::kMalformed);
}

TEST_F(SealedToken, HoldsUpTo4096Bytes) {
  const Bytes plaintext(4'096, 0xab);
  const std::string token =
      seal_token(TokenKind::kCeremony, plaintext, kEpoch, ring_, system_random());
  EXPECT_LE(token.size(), 8'192U);
  EXPECT_EQ(open_token(TokenKind::kCeremony, token, kEpoch, ring_).value(), plaintext);
  const std::string empty = seal_token(TokenKind::kCeremony, {}, kEpoch, ring_, system_random());
  EXPECT_TRUE(open_token(TokenKind::kCeremony, empty, kEpoch, ring_)->empty());
}

class WrappedSecret : public ::testing::Test {
 protected:
  const KeyRing ring_ = KeyRing::generate(system_random(), 1);
  const Bytes secret_ = Bytes(32, 0x11);
  const Bytes wrapped_ = wrap_secret(secret_, as_bytes("tenant"), ring_.active(), system_random());
};

TEST_F(WrappedSecret, ComesBackForWhatItIsBoundTo) {
  EXPECT_EQ(unwrap_secret(wrapped_, as_bytes("tenant"), ring_.active()), secret_);
  EXPECT_EQ(unwrap_secret(wrapped_, as_bytes("other"), ring_.active()), std::nullopt);
  EXPECT_EQ(
      unwrap_secret(wrapped_, as_bytes("tenant"), KeyRing::generate(system_random(), 1).active()),
      std::nullopt);
}

TEST_F(WrappedSecret, IsRefusedWithAnyFlippedBitAndAnyOtherSize) {
  for (std::size_t i = 0; i < wrapped_.size() * 8; ++i) {
    Bytes changed = wrapped_;
    changed[i / 8] = static_cast<std::uint8_t>(changed[i / 8] ^ (1U << (i % 8)));
    ASSERT_EQ(unwrap_secret(changed, as_bytes("tenant"), ring_.active()), std::nullopt);
  }
  for (std::size_t size = 0; size < wrapped_.size(); ++size) {
    ASSERT_EQ(unwrap_secret(ByteView(wrapped_).first(size), as_bytes("tenant"), ring_.active()),
              std::nullopt);
  }
}

}  // namespace
}  // namespace masterkey2
