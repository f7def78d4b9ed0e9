#include "service/bounded_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace masterkey2 {
namespace {

class BoundedFileTest : public ::testing::Test {
 protected:
  std::string file(std::string_view text) {
    std::ofstream(folder_ / "file", std::ios::binary) << text;
    return folder_ / "file";
  }

  testing::TemporaryFolder folder_;
};

TEST_F(BoundedFileTest, IsReadWholeUpToItsBound) {
  EXPECT_EQ(read_bounded_file(file(""), 0).value(), "");
  EXPECT_EQ(read_bounded_file(file("abc"), 3).value(), "abc");
  const std::string large(200'000, 'x');
  EXPECT_EQ(read_bounded_file(file(large), large.size()).value(), large);
  const auto refused = read_bounded_file(file("abcd"), 3);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().clause, (folder_ / "file") + " has more than 3 bytes");
}

TEST_F(BoundedFileTest, IsARegularFile) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path : {folder_.path(), pipe}) {
    const auto refused = read_bounded_file(path, 10);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().clause, path + " is not a regular file");
    EXPECT_FALSE(stamp_of(path).exists);
  }
}

TEST_F(BoundedFileTest, SaysWhyItCannotBeRead) {
  const std::string missing = folder_ / "missing";
  const auto refused = read_bounded_file(missing, 10);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().clause, missing + " cannot be read: No such file or directory");
  EXPECT_FALSE(stamp_of(missing).exists);
}

TEST_F(BoundedFileTest, HasAnotherStampWhenItsContentIsAnother) {
  const std::string path = file("a");
  const FileStamp before = stamp_of(path);
  EXPECT_TRUE(before.exists);
  EXPECT_EQ(stamp_of(path), before);
  EXPECT_FALSE(stamp_of(file("ab")) == before);
}

}  // namespace
}  // namespace masterkey2
