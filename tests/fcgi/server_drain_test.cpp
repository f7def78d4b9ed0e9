// How the server ends: what was accepted is served.
#include <gmock/gmock.h>

#include <filesystem>
#include <stdexcept>

#include "server_fixture.hpp"

namespace masterkey2 {
namespace {

using testing::fastcgi_bytes;
using testing::FastcgiConnection;

using ServerDrain = ServerFixture;

TEST_F(ServerDrain, DrainFinishesWhatIsInFlight) {
  start();
  FastcgiConnection kept = connect();
  ASSERT_TRUE(kept.ask(get("/hello", true)));
  FastcgiConnection in_flight = connect();
  ASSERT_TRUE(in_flight.send(fastcgi_bytes(get("/hold", true))));
  barrier_.wait_for(1);
  const std::string bytes = fastcgi_bytes(post("/echo", "{}"));
  FastcgiConnection half = connect();
  ASSERT_TRUE(half.send(bytes.substr(0, 50)));
  ASSERT_TRUE(connect().ask(get("/hello")));  // the half one is accepted by now
  FastcgiConnection silent = connect();       // connected, nothing sent

  server_->drain();
  EXPECT_TRUE(kept.wait_for_close());
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
  EXPECT_THROW(static_cast<void>(connect()), std::runtime_error);

  ASSERT_TRUE(half.send(bytes.substr(50)));
  EXPECT_TRUE(half.read_answer());
  ASSERT_TRUE(silent.send(fastcgi_bytes(get("/hello", true))));
  EXPECT_TRUE(silent.read_answer());
  EXPECT_TRUE(silent.wait_for_close());
  barrier_.open();
  const auto answer = in_flight.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "held");
  EXPECT_TRUE(in_flight.wait_for_close());
  EXPECT_TRUE(server_->wait());
  server_.reset();
}

TEST_F(ServerDrain, DrainLeavesAnInheritedSocketListening) {
  auto socket = bind_socket({.path = socket_path()}, 0600);
  ASSERT_TRUE(socket);
  ListenSocket ours = {.fd = UniqueFd(dup(socket->fd.get())), .name = "fd 0", .inherited = true};
  start(std::move(ours));
  EXPECT_EQ(status(get("/hello")), 200);
  stop();
  EXPECT_TRUE(std::filesystem::exists(socket_path()));
  FastcgiConnection waiting = connect();
  ASSERT_TRUE(waiting.send(fastcgi_bytes(get("/hello"))));
  start({.fd = UniqueFd(dup(socket->fd.get())), .name = "fd 0", .inherited = true});
  EXPECT_TRUE(waiting.read_answer());
}

}  // namespace
}  // namespace masterkey2
