#include "token/key_ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_random.hpp"

namespace masterkey2 {
namespace {

using ::testing::HasSubstr;

constexpr UnixMillis kNow = 1'700'000'000'000;

/// Bytes that a test lays down, then zeros for ever.
class ScriptedRandom final : public RandomSource {
 public:
  explicit ScriptedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = at_ < bytes_.size() ? bytes_[at_++] : std::uint8_t{0};
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

RingKey key_of(std::uint32_t id, RingKeyState state) {
  RingKey key;
  key.id = id;
  key.state = state;
  key.created_at = kNow;
  key.secret.fill(static_cast<std::uint8_t>(id));
  return key;
}

KeyRing ring_of(std::vector<RingKey> keys) {
  auto ring = KeyRing::from_keys(std::move(keys));
  EXPECT_TRUE(ring) << ring.error().detail;
  return *ring;
}

TEST(RingKeyId, IsEightHexadecimalDigits) {
  EXPECT_EQ(ring_key_id_text(1), "00000001");
  EXPECT_EQ(ring_key_id_text(0xFFFFFFFF), "ffffffff");
  EXPECT_EQ(parse_ring_key_id("0000000a"), 10U);
  EXPECT_EQ(parse_ring_key_id("ffffffff"), 0xFFFFFFFFU);
}

TEST(RingKeyId, RefusesOtherTexts) {
  for (const std::string_view text : {"", "a", "0000000A", "0x00000a", "00000000a", "-0000001",
                                      "+0000001", " 0000001", "0000001 ", "0000000g"}) {
    EXPECT_EQ(parse_ring_key_id(text), std::nullopt) << text;
  }
}

TEST(RingKeyState, WordsGoBothWays) {
  EXPECT_EQ(parse_ring_key_state("pending"), RingKeyState::kPending);
  EXPECT_EQ(parse_ring_key_state("active"), RingKeyState::kActive);
  EXPECT_EQ(parse_ring_key_state("retired"), RingKeyState::kRetired);
  EXPECT_EQ(parse_ring_key_state("Active"), std::nullopt);
  EXPECT_EQ(parse_ring_key_state(""), std::nullopt);
}

TEST(KeyRing, GeneratesOneActiveKey) {
  testing::FakeRandom random;
  const KeyRing ring = KeyRing::generate(random, kNow);
  ASSERT_EQ(ring.keys().size(), 1U);
  EXPECT_EQ(ring.active().state, RingKeyState::kActive);
  EXPECT_EQ(ring.active().created_at, kNow);
  EXPECT_NE(ring.active().id, 0U);
  EXPECT_NE(ring.active().secret, SecretKey{});
}

TEST(KeyRing, DrawsAgainWhenAnIdIsZeroOrInUse) {
  ScriptedRandom first({0, 0, 0, 0, 0, 0, 0, 7});
  const KeyRing ring = KeyRing::generate(first, kNow);
  EXPECT_EQ(ring.active().id, 7U);

  ScriptedRandom second({0, 0, 0, 7, 0, 0, 0, 8});
  const auto grown = ring.with_new_key(second, kNow);
  ASSERT_TRUE(grown);
  EXPECT_EQ(grown->keys().back().id, 8U);
}

TEST(KeyRing, RefusesNoKeyAtAll) { EXPECT_FALSE(KeyRing::from_keys({})); }

TEST(KeyRing, RefusesAnIdThatStandsTwice) {
  const auto ring =
      KeyRing::from_keys({key_of(5, RingKeyState::kActive), key_of(5, RingKeyState::kPending)});
  ASSERT_FALSE(ring);
  EXPECT_THAT(ring.error().detail, HasSubstr("00000005"));
}

TEST(KeyRing, RefusesIdZero) {
  EXPECT_FALSE(KeyRing::from_keys({key_of(0, RingKeyState::kActive)}));
}

TEST(KeyRing, RefusesNoneOrTwoActiveKeys) {
  EXPECT_FALSE(KeyRing::from_keys({key_of(5, RingKeyState::kPending)}));
  EXPECT_FALSE(
      KeyRing::from_keys({key_of(5, RingKeyState::kActive), key_of(6, RingKeyState::kActive)}));
}

TEST(KeyRing, HoldsAtMost64Keys) {
  testing::FakeRandom random;
  std::vector<RingKey> keys = {key_of(1, RingKeyState::kActive)};
  for (std::uint32_t id = 2; id <= KeyRing::kMaxKeys; ++id) {
    keys.push_back(key_of(id, RingKeyState::kPending));
  }
  const KeyRing full = ring_of(keys);
  EXPECT_FALSE(full.with_new_key(random, kNow));
}

TEST(KeyRing, PendingAndActiveKeysOpenRetiredOnesDoNot) {
  const KeyRing ring = ring_of({key_of(1, RingKeyState::kRetired), key_of(2, RingKeyState::kActive),
                                key_of(3, RingKeyState::kPending)});
  EXPECT_EQ(ring.active().id, 2U);
  EXPECT_EQ(ring.opener(1), nullptr);
  ASSERT_NE(ring.opener(2), nullptr);
  EXPECT_EQ(ring.opener(2)->id, 2U);
  ASSERT_NE(ring.opener(3), nullptr);
  EXPECT_EQ(ring.opener(4), nullptr);
}

TEST(KeyRing, ANewKeyIsPendingAndTheRestStays) {
  testing::FakeRandom random;
  const KeyRing before = KeyRing::generate(random, kNow);
  const auto after = before.with_new_key(random, kNow + 1);
  ASSERT_TRUE(after);
  ASSERT_EQ(after->keys().size(), 2U);
  EXPECT_EQ(after->keys().front(), before.keys().front());
  EXPECT_EQ(after->keys().back().state, RingKeyState::kPending);
  EXPECT_EQ(after->keys().back().created_at, kNow + 1);
  EXPECT_NE(after->keys().back().secret, before.keys().front().secret);
}

TEST(KeyRing, ActivatingLetsTheFormerKeyGoOnOpening) {
  const KeyRing before =
      ring_of({key_of(1, RingKeyState::kActive), key_of(2, RingKeyState::kPending)});
  const auto after = before.with_activated(2);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->active().id, 2U);
  EXPECT_NE(after->opener(1), nullptr);
  EXPECT_TRUE(KeyRing::from_keys(after->keys()));
}

TEST(KeyRing, ActivatesNeitherUnknownNorRetiredNorActiveKeys) {
  const KeyRing ring =
      ring_of({key_of(1, RingKeyState::kActive), key_of(2, RingKeyState::kRetired)});
  for (const std::uint32_t id : {1U, 2U, 3U}) {
    const auto result = ring.with_activated(id);
    ASSERT_FALSE(result) << id;
    EXPECT_THAT(result.error().detail, HasSubstr(ring_key_id_text(id)));
  }
}

TEST(KeyRing, RetiresAPendingKey) {
  const KeyRing ring =
      ring_of({key_of(1, RingKeyState::kActive), key_of(2, RingKeyState::kPending)});
  const auto after = ring.with_retired(2);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->opener(2), nullptr);
  EXPECT_EQ(after->keys().back().state, RingKeyState::kRetired);
}

TEST(KeyRing, RetiresNeitherUnknownNorActiveNorRetiredKeys) {
  const KeyRing ring =
      ring_of({key_of(1, RingKeyState::kActive), key_of(2, RingKeyState::kRetired)});
  for (const std::uint32_t id : {1U, 2U, 3U}) {
    const auto result = ring.with_retired(id);
    ASSERT_FALSE(result) << id;
    EXPECT_THAT(result.error().detail, HasSubstr(ring_key_id_text(id)));
  }
}

}  // namespace
}  // namespace masterkey2
