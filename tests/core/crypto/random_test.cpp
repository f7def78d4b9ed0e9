#include "crypto/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {
namespace {

TEST(SystemRandom, DrawsIdentifiersThatDoNotRepeatAcrossThreads) {
  constexpr std::size_t kEach = 5'000;
  std::vector<std::vector<TokenId>> drawn(4);
  {
    std::vector<std::jthread> threads;
    for (auto& ids : drawn) {
      threads.emplace_back([&ids] {
        for (std::size_t i = 0; i < kEach; ++i) {
          ids.push_back(system_random().identifier<TokenId>());
        }
      });
    }
  }
  std::set<TokenId> all;
  for (const auto& ids : drawn) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), drawn.size() * kEach);
}

TEST(SystemRandom, FillsTheWholeSpan) {
  Bytes bytes(3 << 20, 0);
  system_random().fill(bytes);
  // A run of 16 zeros has probability 2^-128 a place.
  const auto run = std::search_n(bytes.begin(), bytes.end(), 16, 0);
  EXPECT_EQ(run, bytes.end());
}

TEST(SystemRandom, FillsNothingForAnEmptySpan) {
  Bytes empty;
  system_random().fill(empty);
  EXPECT_TRUE(empty.empty());
}

}  // namespace
}  // namespace masterkey2
