// The end of $NOTIFY_SOCKET where a service manager reads.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <string>

#include "fcgi/unique_fd.hpp"

namespace masterkey2 {

class FakeServiceManager {
 public:
  explicit FakeServiceManager(const std::string& path)
      : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  /// Empty if nothing comes.
  [[nodiscard]] std::string next() const {
    std::array<char, 256> buffer{};
    const ssize_t count = recv(fd_.get(), buffer.data(), buffer.size(), 0);
    return std::string(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
  }

 private:
  UniqueFd fd_;
};

}  // namespace masterkey2
