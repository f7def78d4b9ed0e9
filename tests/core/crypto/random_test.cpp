#include "crypto/random.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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

TEST(SystemRandom, GivesAForkedChildNothingThatItsParentGivesToo) {
  constexpr std::size_t kEach = 64;
  static_cast<void>(system_random().identifier<TokenId>());  // some may be drawn ahead by now
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  std::vector<TokenId> own;
  for (std::size_t i = 0; i < kEach; ++i) own.push_back(system_random().identifier<TokenId>());
  const std::size_t size = kEach * sizeof(TokenId);
  if (child == 0) {
    _exit(::write(ends[1], own.data(), size) == static_cast<ssize_t>(size) ? 0 : 1);
  }
  std::vector<TokenId> others(kEach);
  int status = -1;
  ASSERT_EQ(::read(ends[0], others.data(), size), static_cast<ssize_t>(size));
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(status, 0);
  std::set<TokenId> all(own.begin(), own.end());
  all.insert(others.begin(), others.end());
  EXPECT_EQ(all.size(), 2 * kEach);
}

TEST(SystemRandom, FillsSpansOfEachSize) {
  for (std::size_t size = 1; size <= 600; ++size) {
    Bytes bytes(size + 1, 0);
    std::size_t untouched = 0;  // of 40 times, the last byte is 0 each time with 2^-320
    for (int i = 0; i < 40; ++i) {
      system_random().fill(std::span(bytes).first(size));
      if (bytes[size - 1] == 0) ++untouched;
    }
    EXPECT_LT(untouched, 40U) << size;
    EXPECT_EQ(bytes[size], 0) << size;
  }
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
