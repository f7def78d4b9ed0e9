#include "fcgi/listen_socket.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/fastcgi_client.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2 {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class ListenSocketTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder_ / "socket"; }
  [[nodiscard]] std::string mistake() const {
    const auto socket = bind_socket({.path = path()}, 0600);
    return socket ? "none" : socket.error();
  }
  testing::TemporaryFolder folder_;
};

TEST_F(ListenSocketTest, AppearsWithTheWantedMode) {
  for (const mode_t mode : {0600U, 0660U, 0666U}) {
    const auto socket = bind_socket({.path = path()}, mode);
    ASSERT_TRUE(socket) << socket.error();
    struct stat status {};
    ASSERT_EQ(stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, mode);
    EXPECT_TRUE(fcntl(socket->fd.get(), F_GETFD) & FD_CLOEXEC);
    remove_socket_file(*socket);
    EXPECT_FALSE(std::filesystem::exists(path()));
  }
}

TEST_F(ListenSocketTest, ReplacesASocketThatNobodyListensOn) {
  { const auto stale = bind_socket({.path = path()}, 0600); }
  ASSERT_TRUE(std::filesystem::exists(path()));
  EXPECT_EQ(mistake(), "none");
}

TEST_F(ListenSocketTest, LeavesALiveSocketAlone) {
  const auto live = bind_socket({.path = path()}, 0600);
  ASSERT_TRUE(live);
  EXPECT_THAT(mistake(), HasSubstr("another process listens"));
  EXPECT_NO_THROW(testing::FastcgiConnection{path()});
}

TEST_F(ListenSocketTest, LeavesOtherFilesAlone) {
  std::ofstream(path()) << "precious";
  EXPECT_THAT(mistake(), HasSubstr("is no socket"));
  EXPECT_EQ(std::filesystem::file_size(path()), 8U);
}

TEST_F(ListenSocketTest, DoesNotRemoveASuccessorsFile) {
  const auto first = bind_socket({.path = path()}, 0600);
  ASSERT_TRUE(first);
  std::filesystem::remove(path());
  const auto second = bind_socket({.path = path()}, 0600);
  ASSERT_TRUE(second);
  remove_socket_file(*first);
  EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(ListenSocketTest, BindsTcp) {
  const auto v4 = bind_socket({.host = "localhost", .port = 0}, 0);
  ASSERT_TRUE(v4);
  EXPECT_THAT(v4->name, MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
  const auto taken = bind_socket(
      {.host = "127.0.0.1", .port = static_cast<std::uint16_t>(std::stoi(v4->name.substr(10)))}, 0);
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error(), HasSubstr("binding"));
}

/// Puts descriptor 0 back as it was.
class SavedStdin {
 public:
  SavedStdin() : saved_(fcntl(0, F_DUPFD_CLOEXEC, 10)) {}
  SavedStdin(const SavedStdin&) = delete;
  SavedStdin& operator=(const SavedStdin&) = delete;
  ~SavedStdin() { dup2(saved_.get(), 0); }

 private:
  UniqueFd saved_;
};

TEST_F(ListenSocketTest, IsTakenFromDescriptorZero) {
  const SavedStdin saved;
  const auto parent = bind_socket({.path = path()}, 0600);
  ASSERT_TRUE(parent);
  ASSERT_EQ(dup2(parent->fd.get(), 0), 0);
  const auto inherited = take_inherited_socket();
  ASSERT_TRUE(inherited);
  EXPECT_TRUE(inherited->inherited);
  EXPECT_GT(inherited->fd.get(), 2);
  EXPECT_TRUE(fcntl(inherited->fd.get(), F_GETFD) & FD_CLOEXEC);
  EXPECT_EQ(std::filesystem::read_symlink("/proc/self/fd/0"), "/dev/null");
}

TEST_F(ListenSocketTest, NothingIsTakenFromAnotherDescriptorZero) {
  const SavedStdin saved;
  const UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(dup2(null.get(), 0), 0);
  EXPECT_FALSE(take_inherited_socket());
  const UniqueFd unconnected(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(dup2(unconnected.get(), 0), 0);
  EXPECT_FALSE(take_inherited_socket());
}

}  // namespace
}  // namespace masterkey2
