// What happens to requests for which there is no room.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "server_fixture.hpp"

namespace masterkey2 {
namespace {

using testing::FastcgiConnection;
using testing::FastcgiRequest;

/// One worker, which is held; two may wait for it, but only one of those that are not urgent.
class ServerOverload : public ServerFixture {
 protected:
  void SetUp() override {
    options_.workers = 1;
    options_.queue_capacity = 2;
    options_.gate.unsorted = 0;
    options_.gate.line_of = [this](const HttpRequest&) {
      const std::lock_guard lock(mutex_);
      ++looked_at_;
      changed_.notify_all();
      return std::string("line");
    };
    start();
    send(get("/hold"));
    barrier_.wait_for(1);
    send(get("/hello"));
  }

  /// Returns once the gate has come to it; what is sent later comes after it.
  void send(const FastcgiRequest& request) {
    sent_.push_back(connect());
    ASSERT_TRUE(sent_.back().send(fastcgi_bytes(request)));
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return looked_at_ == sent_.size(); });
  }

  static void expect_overloaded(const std::optional<testing::FastcgiAnswer>& answer) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->header("Retry-After"), "1");
    EXPECT_EQ(Json::parse(answer->body).at("code"), "overloaded");
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t looked_at_ = 0;
  std::vector<FastcgiConnection> sent_;
};

TEST_F(ServerOverload, RefusesWhatBeginsBeforeWhatEnds) {
  expect_overloaded(connect().ask(get("/hello")));
  looked_at_ = sent_.size();
  send(post("/echo?a=b", "{}"));                          // an urgent route
  expect_overloaded(connect().ask(post("/echo", "{}")));  // full
  barrier_.open();
  for (FastcgiConnection& connection : sent_) {
    const auto answer = connection.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
  }
}

TEST_F(ServerOverload, AKeptConnectionOutlivesARefusal) {
  FastcgiConnection kept = connect();
  for (int i = 0; i < 3; ++i) expect_overloaded(kept.ask(post("/bearer", "{}", true)));
  barrier_.open();
  for (FastcgiConnection& connection : sent_) EXPECT_TRUE(connection.read_answer());
  const auto answer = kept.ask(post("/echo", "{}", true));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{}");
}

TEST_F(ServerOverload, ARefusalEndsAConnectionThatIsNotKept) {
  FastcgiConnection connection = connect();
  expect_overloaded(connection.ask(get("/hello")));
  EXPECT_TRUE(connection.wait_for_close());
}

TEST_F(ServerOverload, ARefusalEndsAConnectionOnWhichMoreIsToCome) {
  // More than the gate looks at, so it cannot know where the next request would begin.
  FastcgiConnection large = connect();
  expect_overloaded(large.ask(post("/bearer", std::string(50'000, 'x'), true)));
  EXPECT_TRUE(large.wait_for_close());
  FastcgiConnection pipelined = connect();
  const std::string bytes = fastcgi_bytes(get("/hello", true));
  ASSERT_TRUE(pipelined.send(bytes + bytes));
  expect_overloaded(pipelined.read_answer());
  EXPECT_TRUE(pipelined.wait_for_close());
}

}  // namespace
}  // namespace masterkey2
