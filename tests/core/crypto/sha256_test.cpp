#include "crypto/sha256.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "encoding/base64url.hpp"

namespace masterkey2 {
namespace {

std::string digest_of(std::string_view text) {
  return base64url_encode(sha256(as_bytes(text)).view());
}

TEST(Sha256, GivesTheValuesOfTheStandard) {
  EXPECT_EQ(digest_of(""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
  EXPECT_EQ(digest_of("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  EXPECT_EQ(digest_of(std::string(1'000'000, 'a')), "zcduXJkU-5KBocfihNc-Z_GAmkiklyAOBG05zMcRLNA");
}

TEST(Sha256, JoinsItsParts) {
  EXPECT_EQ(sha256({as_bytes("a"), {}, as_bytes("bc")}), sha256(as_bytes("abc")));
  EXPECT_NE(sha256({as_bytes("b"), as_bytes("ac")}), sha256(as_bytes("abc")));
}

TEST(Sha256, HasAContextForEachThread) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      const Digest expected = sha256(as_bytes("abc"));
      for (int round = 0; round < 1000; ++round) EXPECT_EQ(sha256(as_bytes("abc")), expected);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace masterkey2
