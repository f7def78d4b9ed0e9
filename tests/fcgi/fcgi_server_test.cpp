#include "fcgi/fcgi_server.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "encoding/json.hpp"
#include "server_fixture.hpp"

namespace masterkey2 {
namespace {

using std::chrono::milliseconds;
using testing::cgi_params;
using ::testing::Contains;
using testing::fastcgi_begin;
using testing::fastcgi_bytes;
using testing::fastcgi_params_stream;
using testing::FastcgiConnection;
using testing::FastcgiRequest;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

using FcgiServerTest = ServerFixture;

TEST_F(FcgiServerTest, AnswersWithTheHeadersThatEveryAnswerHas) {
  start();
  const auto answer = connect().ask(get("/hello"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(answer->header("Status"), "200 OK");
  EXPECT_EQ(answer->header("Content-Length"), "5");
  EXPECT_EQ(answer->header("Cache-Control"), "no-store");
  EXPECT_EQ(answer->header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(answer->header("X-Request-Id"), MatchesRegex("[A-Za-z0-9_-]{22}"));
}

TEST_F(FcgiServerTest, PassesMethodTargetAndHeadersOn) {
  start();
  const auto answer = connect().ask({.params = cgi_params("GET", "/echo-headers?a=%20b",
                                                          {{"CONTENT_TYPE", "text/x"},
                                                           {"HTTP_X_FORWARDED_FOR", "a"},
                                                           {"HTTP_X_FORWARDED_FOR", "b"},
                                                           {"HTTP_X_REQUEST_ID", "theirs"},
                                                           {"PATH_INFO", "/other"},
                                                           {"HTTP_CONTENT_LENGTH", "9"}})});
  ASSERT_TRUE(answer);
  EXPECT_EQ(
      answer->body,
      "content-type=text/x;x-forwarded-for=a, b;x-request-id=theirs;GET /echo-headers?a=%20b");
  EXPECT_NE(answer->header("X-Request-Id"), "theirs");
}

TEST_F(FcgiServerTest, ServesManyRequestsOnAKeptConnection) {
  start();
  FastcgiConnection connection = connect();
  for (int i = 0; i < 50; ++i) {
    const auto answer = connection.ask(post("/echo", std::to_string(i), true));
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, std::to_string(i));
  }
  EXPECT_TRUE(connection.ask(get("/hello", false)));
  EXPECT_TRUE(connection.wait_for_close());
}

TEST_F(FcgiServerTest, WhoSharesTheSocketMayMakeItBlock) {
  auto socket = bind_socket({.path = socket_path()}, 0600);
  ASSERT_TRUE(socket) << socket.error();
  const UniqueFd shared(fcntl(socket->fd.get(), F_DUPFD_CLOEXEC, 0));
  start(std::move(*socket));
  FastcgiConnection kept = connect();
  for (int i = 0; i < 3; ++i) {
    // As systemd does to the standard input of each command that it starts for the unit.
    ASSERT_EQ(fcntl(shared.get(), F_SETFL, 0), 0);
    EXPECT_TRUE(connect().ask(get("/hello")));
    EXPECT_TRUE(kept.ask(post("/echo", "x", true))) << "the gate waits for a connection";
  }
}

TEST_F(FcgiServerTest, KeptConnectionsDoNotStarveOthers) {
  start();
  std::vector<FastcgiConnection> kept;
  for (unsigned i = 0; i < 4 * options_.workers; ++i) {
    kept.push_back(connect());
    ASSERT_TRUE(kept.back().ask(get("/hello", true))) << i;
  }
  EXPECT_EQ(status(get("/hello")), 200);
  for (FastcgiConnection& connection : kept) EXPECT_TRUE(connection.ask(get("/hello", true)));
}

TEST_F(FcgiServerTest, SlowBodiesDoNotHoldWorkers) {
  start();
  std::vector<FastcgiConnection> slow;
  const std::string bytes = fastcgi_bytes(post("/echo", "0123456789"));
  for (unsigned i = 0; i < 2 * options_.workers; ++i) {
    slow.push_back(connect());
    ASSERT_TRUE(slow.back().send(bytes.substr(0, bytes.size() - 12)));
  }
  EXPECT_EQ(status(get("/hello")), 200);
  EXPECT_EQ(handled_, 1);
  for (FastcgiConnection& connection : slow) {
    ASSERT_TRUE(connection.send(bytes.substr(bytes.size() - 12)));
    const auto answer = connection.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "0123456789");
  }
}

TEST_F(FcgiServerTest, TakesARequestInPiecesOfAnySize) {
  start();
  const std::string bytes = fastcgi_bytes(post("/echo", "{}"));
  for (const std::size_t size : {1U, 3U, 8U, 64U}) {
    FastcgiConnection connection = connect();
    for (std::size_t i = 0; i < bytes.size(); i += size) {
      ASSERT_TRUE(connection.send(bytes.substr(i, size)));
    }
    const auto answer = connection.read_answer();
    ASSERT_TRUE(answer) << size;
    EXPECT_EQ(answer->body, "{}");
  }
}

TEST_F(FcgiServerTest, IncompleteRequestsEndAtTheirDeadline) {
  options_.gate.receive_time = milliseconds(200);
  start();
  const std::string bytes = fastcgi_bytes(post("/echo", "0123456789"));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{5}, std::size_t{40}, bytes.size() - 9}) {
    FastcgiConnection connection = connect();
    ASSERT_TRUE(connection.send(bytes.substr(0, size)));
    EXPECT_TRUE(connection.wait_for_close()) << size;
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(FcgiServerTest, ADrippingBodyBeyondTheLookEndsAtItsDeadline) {
  options_.gate.receive_time = milliseconds(300);
  start();
  const FastcgiRequest request = post("/echo", std::string(60'000, 'x'));
  const std::string bytes = fastcgi_bytes(request);
  std::vector<FastcgiConnection> dripping;
  for (unsigned i = 0; i < options_.workers; ++i) {
    dripping.push_back(connect());
    ASSERT_TRUE(dripping.back().send(bytes.substr(0, 40'000)));  // in a worker's hands
  }
  EXPECT_EQ(status(get("/hello")), 200);
  for (FastcgiConnection& connection : dripping) EXPECT_TRUE(connection.wait_for_close());
  EXPECT_EQ(handled_, 1);
}

TEST_F(FcgiServerTest, APeerThatDoesNotReadItsAnswerLosesIt) {
  options_.gate.receive_time = milliseconds(300);
  start();
  std::vector<FastcgiConnection> deaf;
  for (unsigned i = 0; i < options_.workers; ++i) {
    deaf.push_back(connect());
    ASSERT_TRUE(deaf.back().send(fastcgi_bytes(get("/large"))));
  }
  EXPECT_EQ(status(get("/hello")), 200);
}

TEST_F(FcgiServerTest, BodiesOfTheLimitPassAndLargerOnesDoNot) {
  start();
  const std::string limit(65'536, 'x');
  const auto whole = connect().ask(post("/echo", limit));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->status, 200);
  EXPECT_EQ(whole->body, limit);

  const auto large = connect().ask(post("/echo", limit + "x"));
  ASSERT_TRUE(large);
  EXPECT_EQ(large->status, 413);
  EXPECT_EQ(Json::parse(large->body).at("code"), "body_too_large");
}

TEST_F(FcgiServerTest, BodiesWithoutALengthAreCountedAsTheyCome) {
  start();
  for (const char* length : {"", "-1"}) {
    FastcgiRequest request = post("/echo", std::string(65'536, 'x'));
    request.params.at(3) = {"CONTENT_LENGTH", length};
    EXPECT_EQ(status(request), 200);
    request.body += 'x';
    EXPECT_EQ(status(request), 413);
  }
}

TEST_F(FcgiServerTest, ATooLargeBodyIsRefusedBeforeItIsSent) {
  start();
  FastcgiConnection connection = connect();
  ASSERT_TRUE(
      connection.send(fastcgi_begin(true) +
                      fastcgi_params_stream({{"REQUEST_METHOD", "POST"},
                                             {"REQUEST_URI", "/bearer"},
                                             {"HTTP_AUTHORIZATION", "Bearer mk2s_a"},
                                             {"CONTENT_LENGTH", "10000000"}}) +
                      testing::fastcgi_record(testing::kFcgiStdin, std::string(40'000, 'x'))));
  const auto answer = connection.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(answer->header("Access-Control-Allow-Origin"), "*");
  // What is still on its way is dropped; the connection is not used again.
  for (int i = 0; i < 100; ++i) {
    if (!connection.send(testing::fastcgi_record(testing::kFcgiStdin, std::string(60'000, 'x')))) {
      break;
    }
  }
  EXPECT_TRUE(connection.wait_for_close());
}

TEST_F(FcgiServerTest, ABodyOfAnotherLengthThanDeclaredIsRefused) {
  start();
  for (const std::string& body : {std::string("12345"), std::string("123456789012")}) {
    FastcgiRequest request = post("/echo", body);
    request.params.at(3) = {"CONTENT_LENGTH", "10"};
    EXPECT_EQ(status(request), 400);
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(FcgiServerTest, ACutBodyReachesNoHandler) {
  start();
  const std::string small = fastcgi_bytes(post("/echo", "0123456789"));
  const std::string large = fastcgi_bytes(post("/echo", std::string(60'000, 'x')));
  for (const std::string& sent : {small.substr(0, small.size() - 10), large.substr(0, 50'000)}) {
    FastcgiConnection connection = connect();
    ASSERT_TRUE(connection.send(sent));
    connection.stop_sending();
    EXPECT_TRUE(connection.wait_for_close());
  }
  stop();
  EXPECT_EQ(handled_, 0);
}

TEST_F(FcgiServerTest, AClientThatLeavesDoesNoHarm) {
  start();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(connect().send(fastcgi_bytes(get("/large"))));
  EXPECT_EQ(status(get("/hello")), 200);
}

TEST_F(FcgiServerTest, APipelinedRequestEndsTheConnectionAfterTheFirstAnswer) {
  start();
  FastcgiConnection connection = connect();
  const std::string bytes = fastcgi_bytes(get("/hello", true));
  ASSERT_TRUE(connection.send(bytes + bytes));
  EXPECT_TRUE(connection.read_answer());
  EXPECT_TRUE(connection.wait_for_close());
}

TEST_F(FcgiServerTest, AFullQueueIsAnsweredAtOnce) {
  options_.queue_capacity = 4;  // for two of what only begins something
  start();
  std::vector<FastcgiConnection> held;
  for (unsigned i = 0; i < options_.workers; ++i) {
    held.push_back(connect());
    ASSERT_TRUE(held.back().send(fastcgi_bytes(get("/hold"))));
    barrier_.wait_for(i + 1);
  }
  // Two of these three wait, whichever came first; the other one is answered though no worker is.
  const FastcgiRequest request = {
      .params = cgi_params("POST", "/bearer", {{"HTTP_AUTHORIZATION", "Bearer mk2s_a"}})};
  std::vector<FastcgiConnection> more;
  for (int i = 0; i < 3; ++i) {
    more.push_back(connect());
    ASSERT_TRUE(more.back().send(fastcgi_bytes(request)));
  }
  std::optional<testing::FastcgiAnswer> refused;
  std::size_t which = 0;
  for (int i = 0; i < 2'000 && !refused; ++i) {
    which = static_cast<std::size_t>(i) % more.size();
    if (more[which].readable(milliseconds(10))) refused = more[which].read_answer();
  }
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("Retry-After"), "1");
  EXPECT_EQ(refused->header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(Json::parse(refused->body).at("code"), "overloaded");
  EXPECT_TRUE(more[which].wait_for_close());

  barrier_.open();
  for (std::size_t i = 0; i < more.size(); ++i) {
    if (i == which) continue;
    const auto later = more[i].read_answer();
    ASSERT_TRUE(later);
    EXPECT_EQ(later->status, 200);
  }
}

TEST_F(FcgiServerTest, WhoSendsMuchWaitsForHimself) {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t sorted = 0;
  std::vector<std::string> answered;
  options_.workers = 1;
  options_.gate.line_of = [&](const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    ++sorted;
    changed.notify_all();
    return request.target;
  };
  options_.gate.on_request = [&](const HttpRequest& request, int, const RequestLog&, std::int64_t) {
    const std::lock_guard lock(mutex);
    answered.push_back(request.target);
  };
  start();
  std::vector<FastcgiConnection> sent;
  const auto send = [&](const std::string& target, std::size_t sorted_then) {
    sent.push_back(connect());
    ASSERT_TRUE(sent.back().send(fastcgi_bytes(get(target))));
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return sorted >= sorted_then; });
  };
  send("/hold", 0);
  barrier_.wait_for(1);
  sorted = 0;  // no worker is free: from now on each is asked for its line
  for (std::size_t i = 0; i < 8; ++i) send("/hello?much", i + 1);
  send("/hello?little", 9);
  send("/hello?much", 10);  // asked for its line, so the one before stands in its own
  barrier_.open();
  for (FastcgiConnection& connection : sent) EXPECT_TRUE(connection.read_answer());
  stop();
  EXPECT_THAT(answered,
              ::testing::ElementsAre("/hold", "/hello?much", "/hello?little", "/hello?much",
                                     "/hello?much", "/hello?much", "/hello?much", "/hello?much",
                                     "/hello?much", "/hello?much", "/hello?much"));
}

TEST_F(FcgiServerTest, WhoSendsMuchLeavesWorkersToOthers) {
  options_.workers = 16;
  options_.gate.line_of = [](const HttpRequest& request) { return request.target; };
  options_.gate.unsorted = 0;
  start();
  std::vector<FastcgiConnection> held;
  for (unsigned i = 0; i < 2 * options_.workers; ++i) {
    held.push_back(connect());
    ASSERT_TRUE(held.back().send(fastcgi_bytes(get("/hold"))));
  }
  barrier_.wait_for(static_cast<unsigned>(workers_of_a_line(options_.workers)));
  EXPECT_EQ(status(get("/hello")), 200);  // all of the others would wait for the barrier
  barrier_.open();
  for (FastcgiConnection& connection : held) EXPECT_TRUE(connection.read_answer());
}

TEST_F(FcgiServerTest, WhoIsStuckInStorageIsStillAnswered) {
  // So many calls may be stuck in storage before the next ones are refused without it.
  options_.workers = 16;
  const auto stuck = static_cast<unsigned>(workers_of_a_line(options_.workers) - 1);
  options_.gate.line_of = [](const HttpRequest&) { return "tenant"; };
  options_.gate.unsorted = 0;
  start();
  std::vector<FastcgiConnection> held;
  for (unsigned i = 0; i < stuck; ++i) {
    held.push_back(connect());
    ASSERT_TRUE(held.back().send(fastcgi_bytes(get("/hold"))));
  }
  barrier_.wait_for(stuck);
  FastcgiConnection next = connect();
  ASSERT_TRUE(next.send(fastcgi_bytes(get("/hello"))));
  EXPECT_TRUE(next.readable(milliseconds(10'000)));
  barrier_.open();
  EXPECT_TRUE(next.read_answer());
  for (FastcgiConnection& connection : held) EXPECT_TRUE(connection.read_answer());
}

TEST_F(FcgiServerTest, IdleKeptConnectionsEnd) {
  options_.gate.idle_time = milliseconds(200);
  start();
  FastcgiConnection connection = connect();
  ASSERT_TRUE(connection.ask(get("/hello", true)));
  EXPECT_TRUE(connection.wait_for_close());
}

TEST_F(FcgiServerTest, TheOldestIdleConnectionMakesRoom) {
  options_.gate.max_connections = 8;
  start();
  FastcgiConnection first = connect();
  ASSERT_TRUE(first.ask(get("/hello", true)));
  // It is idle once its worker has let go of it, which may come after its answer.
  std::vector<FastcgiConnection> kept;
  bool closed = false;
  for (int i = 0; i < 4'000 && !closed; ++i) {
    kept.push_back(connect());
    ASSERT_TRUE(kept.back().ask(get("/hello", true))) << i;
    closed = i >= 8 && first.wait_for_close(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(closed);
  EXPECT_TRUE(kept.back().ask(get("/hello", true)));
}

/// As many descriptors as we may have.
void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_F(FcgiServerTest, TwoThousandIdleConnectionsAreNoBurden) {
  raise_descriptor_limit();
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 4'600) GTEST_SKIP() << "needs 4,600 descriptors";
  start();
  std::vector<FastcgiConnection> idle;
  for (int i = 0; i < 2'000; ++i) {
    idle.push_back(connect());
    ASSERT_TRUE(idle.back().ask(get("/hello", true))) << i;
  }
  for (int i = 0; i < 200; ++i) ASSERT_EQ(status(get("/hello")), 200) << i;
  EXPECT_TRUE(idle.front().ask(get("/hello", true)));
}

TEST_F(FcgiServerTest, RunningOutOfDescriptorsEndsNothing) {
  start();
  {
    FastcgiConnection first = connect();
    ASSERT_TRUE(first.ask(get("/hello")));
    ASSERT_TRUE(first.wait_for_close());  // so that no descriptor comes free later
  }
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = 256;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  std::vector<UniqueFd> fillers;
  while (true) {
    UniqueFd filler(dup(0));
    if (!filler) break;
    fillers.push_back(std::move(filler));
  }
  ASSERT_FALSE(fillers.empty());
  fillers.pop_back();                    // room for the client's end,
  FastcgiConnection client = connect();  // none for the server's
  ASSERT_TRUE(client.send(fastcgi_bytes(get("/hello"))));
  EXPECT_FALSE(client.read_answer(milliseconds(300)));

  fillers.clear();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  stop();
  EXPECT_THAT(log_lines(), Contains(HasSubstr("accept_paused")));
}

TEST_F(FcgiServerTest, ListensOnTcpToo) {
  auto socket = bind_socket({.host = "127.0.0.1", .port = 0}, 0);
  ASSERT_TRUE(socket) << socket.error();
  const auto port = static_cast<std::uint16_t>(std::stoi(socket->name.substr(10)));
  start(std::move(*socket));
  const auto answer = FastcgiConnection(port).ask(get("/hello"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

}  // namespace
}  // namespace masterkey2
