#include "service/free_memory.hpp"

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <thread>
#include <vector>

namespace masterkey2 {
namespace {

constexpr std::size_t kPieces = 32'768;
constexpr std::size_t kPiece = 1'024;

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

bool is_sanitized() { return mallinfo2().uordblks == 0; }

TEST(FreeMemory, AtTheEndOfAThreadsHeapDoesNotStayThere) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer's heap, which keeps what is free";
  // By itself the C library would keep up to twice as much from here on.
  static_cast<void>(std::make_unique<char[]>(30U << 20));
  bound_free_memory();
  std::size_t before = 0;
  std::size_t after = 0;
  std::thread([&] {
    constexpr std::size_t kLarge = 128U << 10;
    std::vector<std::unique_ptr<char[]>> pieces(256);
    before = resident_bytes();
    for (auto& piece : pieces) piece = std::make_unique<char[]>(kLarge);
    EXPECT_GT(resident_bytes(), before + pieces.size() * kLarge / 2);
    pieces.clear();
    after = resident_bytes();
  }).join();
  EXPECT_LT(after, before + (4U << 20));
}

TEST(FreeMemory, BelowSomethingThatIsStillNeededGoesBackToTheSystem) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer's heap, which keeps what is free";
  std::vector<std::unique_ptr<char[]>> pieces;
  for (std::size_t i = 0; i < kPieces; ++i) {
    pieces.push_back(std::make_unique<char[]>(kPiece));  // zeroed, and so touched
  }
  pieces.erase(pieces.begin(), pieces.end() - 1);
  const std::size_t before = resident_bytes();
  give_free_memory_back();
  EXPECT_LT(resident_bytes() + kPieces * kPiece / 2, before);
}

}  // namespace
}  // namespace masterkey2
