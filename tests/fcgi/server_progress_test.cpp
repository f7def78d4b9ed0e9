// Whether the server tells its service manager that it is alive, and only then.
#include <unistd.h>

#include <cstdlib>

#include "fcgi/service_manager.hpp"
#include "server_fixture.hpp"

namespace masterkey2 {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::cgi_params;
using testing::fastcgi_bytes;
using testing::FastcgiConnection;

class ServerProgress : public ServerFixture {
 protected:
  /// What is no FastCGI is closed by the gate alone, after all that came before it.
  void let_the_gate_turn() const {
    FastcgiConnection connection = connect();
    connection.send("no FastCGI at all");
    EXPECT_TRUE(connection.wait_for_close());
  }

  /// The gate turns soon after each look, not at once.
  [[nodiscard]] bool moves() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (server_->stands_still()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  [[nodiscard]] std::vector<FastcgiConnection> hold(unsigned count) {
    std::vector<FastcgiConnection> held;
    for (unsigned i = 0; i < count; ++i) {
      held.push_back(connect());
      held.back().send(fastcgi_bytes(get("/hold")));
    }
    return held;
  }
};

TEST_F(ServerProgress, AnIdleServerTurnsBecauseOfTheLookItself) {
  start();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(moves());
}

TEST_F(ServerProgress, BusyWorkersDoNotStandStillWhileNobodyWaits) {
  start();
  const auto held = hold(4);
  barrier_.wait_for(4);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(moves());
}

TEST_F(ServerProgress, WorkersThatTakeNothingWhileRequestsWaitStandStill) {
  start();
  auto held = hold(4);
  barrier_.wait_for(4);
  FastcgiConnection waiting = connect();
  waiting.send(fastcgi_bytes(get("/hello")));
  let_the_gate_turn();
  EXPECT_FALSE(server_->stands_still());  // nothing to compare with yet
  for (int i = 0; i < 3; ++i) {
    let_the_gate_turn();
    EXPECT_TRUE(server_->stands_still());
  }
  barrier_.open();
  EXPECT_TRUE(waiting.read_answer());
  EXPECT_TRUE(moves());
}

TEST_F(ServerProgress, AGateThatDoesNotTurnStandsStill) {
  // Refusals are the gate's own.
  options_.gate.on_request = [this](const HttpRequest&, int, const RequestLog&, std::int64_t) {
    barrier_.enter();
  };
  start();
  FastcgiConnection refused = connect();
  refused.send(fastcgi_bytes({.params = {{"REQUEST_METHOD", "GET"}}}));
  barrier_.wait_for(1);
  EXPECT_FALSE(server_->stands_still());  // nothing to compare with yet
  EXPECT_TRUE(server_->stands_still());
  EXPECT_TRUE(server_->stands_still());
  barrier_.open();
  EXPECT_TRUE(refused.read_answer());
  EXPECT_TRUE(moves());
}

/// The environment that a service manager gives, for one test.
class ServiceManagerPatience : public ::testing::Test {
 public:
  ServiceManagerPatience() = default;
  ServiceManagerPatience(const ServiceManagerPatience&) = delete;
  ServiceManagerPatience& operator=(const ServiceManagerPatience&) = delete;
  ~ServiceManagerPatience() override {
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
  }

 protected:
  static std::optional<microseconds> with(const std::string& time) {
    setenv("WATCHDOG_USEC", time.c_str(), 1);
    return service_manager_patience();
  }
};

TEST_F(ServiceManagerPatience, IsAbsentUnlessItIsAPositiveNumber) {
  EXPECT_EQ(service_manager_patience(), std::nullopt);
  for (const char* bad : {"", "0", "-1", "30s", " 30", "1e6", "99999999999999999999"}) {
    EXPECT_EQ(with(bad), std::nullopt) << bad;
  }
}

TEST_F(ServiceManagerPatience, IsReadInMicrosecondsWithinBounds) {
  EXPECT_EQ(with("30000000"), microseconds(30'000'000));
  EXPECT_EQ(with("1"), milliseconds(10));
  EXPECT_EQ(with("9223372036854775807"), hours(24));
}

TEST_F(ServiceManagerPatience, IsNotOursIfItIsMeantForAnotherProcess) {
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(with("30000000"), microseconds(30'000'000));
  for (const std::string& other : {std::to_string(getppid()), std::string(), std::string("x")}) {
    setenv("WATCHDOG_PID", other.c_str(), 1);
    EXPECT_EQ(with("30000000"), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace masterkey2
