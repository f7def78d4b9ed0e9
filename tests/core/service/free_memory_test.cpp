#include "service/free_memory.hpp"

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <memory>
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

TEST(FreeMemory, BelowSomethingThatIsStillNeededGoesBackToTheSystem) {
  if (mallinfo2().uordblks == 0) GTEST_SKIP() << "a sanitizer's heap, which keeps what is free";
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
