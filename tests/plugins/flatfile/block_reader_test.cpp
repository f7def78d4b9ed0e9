// Small pieces of files, read in blocks: the bytes are those of the file whatever the order.
#include "plugins/flatfile/block_reader.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <utility>

#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

using flatfile::BlockReader;
using flatfile::DataFile;
using flatfile::Descriptor;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kSize = 300'000;

class FlatfileBlockReader : public ::testing::Test {
 protected:
  FlatfileBlockReader() : content_(random_bytes(kSize)), file_(make("one", content_)) {}

  static Bytes random_bytes(std::size_t size) {
    std::mt19937 random(7);
    Bytes bytes(size);
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
    return bytes;
  }
  [[nodiscard]] DataFile make(const std::string& name, ByteView content) const {
    const std::string path = folder_ / name;
    Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(::pwrite(fd.get(), content.data(), content.size(), 0),
              static_cast<ssize_t>(content.size()));
    return {std::move(fd), path};
  }
  void expect_piece(std::uint64_t offset, std::size_t size) {
    SCOPED_TRACE(offset);
    const auto bytes = reader_.read(file_, offset, size);
    ASSERT_TRUE(bytes) << bytes.error().detail;
    const ByteView rest = ByteView(content_).subspan(std::min<std::uint64_t>(offset, kSize));
    ASSERT_THAT(*bytes, ElementsAreArray(rest.first(std::min(size, rest.size()))));
  }

  const TemporaryFolder folder_;
  const Bytes content_;
  const DataFile file_;
  BlockReader reader_;
};

TEST_F(FlatfileBlockReader, PiecesInOrderAreThoseOfTheFile) {
  // Blocks of every size end within such a piece.
  for (std::uint64_t offset = 0; offset < kSize; offset += 1'001) expect_piece(offset, 777);
}

TEST_F(FlatfileBlockReader, PiecesThatTouchAndPiecesFarApart) {
  for (const std::uint64_t step : {std::uint64_t{300}, BlockReader::kGap + 299,
                                   BlockReader::kGap + 300, BlockReader::kGap + 301}) {
    for (std::uint64_t offset = 0; offset < kSize; offset += step) expect_piece(offset, 300);
  }
}

TEST_F(FlatfileBlockReader, AnyOrderAndAnySize) {
  std::mt19937 random(1);
  for (int i = 0; i < 2'000; ++i) expect_piece(random() % kSize, random() % 2'000);
}

TEST_F(FlatfileBlockReader, SixPlacesInTurns) {
  for (std::uint64_t offset = 0; offset < kSize / 6; offset += 500) {
    for (std::uint64_t place = 0; place < 6; ++place) {
      expect_piece(place * (kSize / 6) + offset, 400);
    }
  }
}

TEST_F(FlatfileBlockReader, PieceLargerThanABlock) {
  expect_piece(10, 20);
  expect_piece(30, BlockReader::kLargest + 1);
  expect_piece(BlockReader::kLargest + 31, 20);
  expect_piece(0, kSize);
}

TEST_F(FlatfileBlockReader, PieceUpToTheEndAndBeyond) {
  expect_piece(kSize - 50, 50);
  expect_piece(kSize - 50, 51);
  expect_piece(kSize - 1, 1);
  expect_piece(kSize, 1);
  expect_piece(kSize + 1, 1);
  expect_piece(kSize + 1'000'000, 20);
  expect_piece(kSize - 50, 50);
}

TEST_F(FlatfileBlockReader, NothingIsAskedFor) {
  expect_piece(0, 0);
  expect_piece(77, 0);
}

TEST_F(FlatfileBlockReader, FilesAreNotTakenForEachOther) {
  const Bytes other(kSize, 0xEE);
  const DataFile second = make("other", other);
  for (std::uint64_t offset = 0; offset < 100'000; offset += 500) {
    expect_piece(offset, 400);
    const auto bytes = reader_.read(second, offset, 400);
    ASSERT_TRUE(bytes);
    ASSERT_THAT(*bytes, ElementsAreArray(ByteView(other).first(400)));
  }
}

TEST_F(FlatfileBlockReader, FileCutMeanwhileEndsWhereItEnds) {
  expect_piece(0, 100);
  expect_piece(100, 100);
  ASSERT_EQ(::ftruncate(file_.fd.get(), 50'000), 0);
  const auto across = reader_.read(file_, 49'990, 20);
  ASSERT_TRUE(across);
  EXPECT_THAT(*across, ElementsAreArray(ByteView(content_).subspan(49'990, 10)));
  const auto past = reader_.read(file_, 50'010, 20);
  ASSERT_TRUE(past);
  EXPECT_THAT(*past, IsEmpty());
}

TEST_F(FlatfileBlockReader, FileThatCannotBeReadIsUnavailable) {
  const std::string path = folder_ / "closed";
  const DataFile closed{Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)),
                        path};
  for (int again = 0; again < 2; ++again) {
    const auto bytes = reader_.read(closed, 0, 10);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, StorageErrorCode::kUnavailable);
    EXPECT_THAT(bytes.error().detail, HasSubstr(path + ": cannot read"));
  }
  expect_piece(0, 10);
}

/// This process' own memory as a file: behind the page nothing can be read.
TEST_F(FlatfileBlockReader, WhatCannotBeReadBehindAPieceIsNoError) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const mapped =
      ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  ASSERT_EQ(::munmap(static_cast<char*>(mapped) + page, page), 0);
  std::memset(mapped, 0x5A, page);
  const DataFile memory{Descriptor(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC)), "memory"};
  if (!memory.fd.is_open()) GTEST_SKIP() << "no /proc";
  const auto end = reinterpret_cast<std::uintptr_t>(mapped) + page;
  for (std::uintptr_t offset = end - page; offset < end; offset += 64) {
    const auto bytes = reader_.read(memory, offset, 64);
    ASSERT_TRUE(bytes) << bytes.error().detail;
    ASSERT_THAT(*bytes, ElementsAreArray(Bytes(64, 0x5A)));
  }
  const auto bytes = reader_.read(memory, end - 1, 2);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, StorageErrorCode::kUnavailable);
  ::munmap(mapped, page);
}

}  // namespace
}  // namespace masterkey2::testing
