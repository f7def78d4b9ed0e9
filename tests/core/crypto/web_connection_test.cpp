#include "crypto/web_connection.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace masterkey2 {
namespace {

/// Takes one request on a port of 127.0.0.1 and sends pieces of an answer, with a pause before
/// each.
class SlowServer {
 public:
  explicit SlowServer(const std::vector<std::string>& pieces)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, pieces] { serve(pieces); });
  }
  SlowServer(const SlowServer&) = delete;
  SlowServer& operator=(const SlowServer&) = delete;
  ~SlowServer() {
    thread_.join();
    close(listener_);
  }
  [[nodiscard]] WebPlace place() const {
    return {.host = "127.0.0.1", .port = port_, .tls = false};
  }

 private:
  void serve(const std::vector<std::string>& pieces) const {
    const int fd = accept(listener_, nullptr, nullptr);
    std::string request;
    char buffer[1'024];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = recv(fd, buffer, sizeof buffer, 0);
      if (count <= 0) break;
      request.append(buffer, static_cast<std::size_t>(count));
    }
    for (const std::string& piece : pieces) {
      // No waiting for anything: a server that thinks is what the client has to bear.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      if (send(fd, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) break;
    }
    // Until the other side has gone.
    if (pieces.empty()) static_cast<void>(recv(fd, buffer, sizeof buffer, 0));
    close(fd);
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

constexpr const char* kRequest = "GET / HTTP/1.0\r\n\r\n";

TEST(WebConnection, WaitsForAnAnswerThatTakesAWhile) {
  const SlowServer server({"HTTP/1.0 200 OK\r\n", "A: b\r\n\r\n", "the ", "body"});
  const auto answer = web_exchange(server.place(), kRequest, std::chrono::seconds(5));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->text, "HTTP/1.0 200 OK\r\nA: b\r\n\r\nthe body");
}

TEST(WebConnection, WaitsNoLongerThanItsPatience) {
  const SlowServer server({});
  const auto answer = web_exchange(server.place(), kRequest, std::chrono::seconds(1));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().failure, WebFailure::kExchange);
}

TEST(WebConnection, NobodyListens) {
  WebPlace place;
  {
    const SlowServer server({});
    place = server.place();
    static_cast<void>(web_exchange(place, kRequest, std::chrono::seconds(1)));
  }
  const auto answer = web_exchange(place, kRequest, std::chrono::seconds(1));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().failure, WebFailure::kConnect);
}

}  // namespace
}  // namespace masterkey2
