#include "service/known_api_keys.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace masterkey2 {
namespace {

ApiKeyAccess key_of(std::uint32_t number, UnixMillis expires_at = 0) {
  ApiKeyAccess access;
  std::memcpy(access.key.digest.bytes.data(), &number, sizeof number);
  access.key.expires_at = expires_at;
  return access;
}

class KnownApiKeysTest : public ::testing::Test {
 protected:
  [[nodiscard]] bool knows(std::uint32_t number, UnixMillis now) const {
    return keys_.find(key_of(number).key.digest, now).has_value();
  }

  KnownApiKeys keys_;
};

TEST_F(KnownApiKeysTest, KnowAKeyForFiveSeconds) {
  keys_.remember(key_of(1), 100'000);
  EXPECT_FALSE(knows(2, 100'000));
  EXPECT_TRUE(knows(1, 105'000));
  EXPECT_FALSE(knows(1, 105'001));
}

TEST_F(KnownApiKeysTest, KnowItUntilItExpires) {
  keys_.remember(key_of(1, 101'000), 100'000);
  EXPECT_TRUE(knows(1, 100'999));
  EXPECT_FALSE(knows(1, 101'000));
}

TEST_F(KnownApiKeysTest, DoNotTrustAClockThatStepsBack) {
  keys_.remember(key_of(1), 100'000);
  EXPECT_FALSE(knows(1, 99'999));
  keys_.remember(key_of(1), 99'000);
  EXPECT_TRUE(knows(1, 99'000));
}

TEST_F(KnownApiKeysTest, ForgetWhatIsErased) {
  keys_.remember(key_of(1), 100'000);
  keys_.remember(key_of(2), 106'000);
  keys_.remember(key_of(1), 106'000);
  keys_.forget(key_of(1).key.digest);
  EXPECT_FALSE(knows(1, 106'000));
  EXPECT_TRUE(knows(2, 106'000));
}

TEST_F(KnownApiKeysTest, GoByWhatWasReadLast) {
  keys_.remember(key_of(1, 200'000), 100'000);
  keys_.remember(key_of(2), 106'000);
  keys_.remember(key_of(1, 106'500), 106'000);
  EXPECT_TRUE(knows(1, 106'499));
  EXPECT_FALSE(knows(1, 106'500));
}

TEST_F(KnownApiKeysTest, AreABoundedNumber) {
  for (std::uint32_t number = 0; number < 20'000; ++number) keys_.remember(key_of(number), 100'000);
  std::uint32_t known = 0;
  for (std::uint32_t number = 0; number < 20'000; ++number) known += knows(number, 100'000) ? 1 : 0;
  EXPECT_GE(known, 4'096U);
  EXPECT_LE(known, 8'192U);
  EXPECT_TRUE(knows(19'999, 100'000));
}

}  // namespace
}  // namespace masterkey2
