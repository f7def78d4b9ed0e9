// Odd requests, and files, through each web server that we ship a configuration for.
#include <gmock/gmock.h>

#include <memory>
#include <thread>

#include "support/http_connection.hpp"
#include "web_server_fixture.hpp"

namespace masterkey2 {
namespace {

using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpConnection;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kJson = "Content-Type: application/json\r\n";

class WebServers : public WebServerFixture, public ::testing::WithParamInterface<WebServer> {
 protected:
  void SetUp() override { start_behind(GetParam()); }

  /// All that is before a body in chunks.
  [[nodiscard]] static std::string chunked_head() {
    return "POST /api/echo HTTP/1.1\r\nHost: localhost\r\n" + kJson +
           "Transfer-Encoding: chunked\r\n\r\n";
  }
};

TEST_P(WebServers, PassWhatTheServerReads) {
  const HttpAnswer answer =
      ask("GET", "/api/echo-headers?a=%2e", "Authorization: Bearer x\r\nX-API-KEY: bvsk_a\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("authorization=Bearer x;"));
  EXPECT_THAT(answer.body, HasSubstr("x-api-key=bvsk_a;"));
  EXPECT_THAT(answer.body, HasSubstr("GET /api/echo-headers?a=%2e"));
  EXPECT_EQ(answer.header("x-request-id").size(), 22U);
  EXPECT_EQ(ask("HEAD", "/api/hello").status, 200);
  EXPECT_EQ(ask("OPTIONS", "/api/bearer", "Access-Control-Request-Method: POST\r\n").status, 204);
}

TEST_P(WebServers, LetNoNameOfAHeaderPassForAnother) {
  const HttpAnswer answer =
      ask("GET", "/api/echo-headers", "X_API_KEY: bvsk_evil\r\nProxy: http://evil.example\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, Not(HasSubstr("evil")));
  const HttpAnswer both = ask("POST", "/api/key", "X-API-KEY: bvsk_a\r\nX_API_KEY: bvsk_evil\r\n");
  EXPECT_EQ(both.status, 200);
  EXPECT_EQ(both.body, "bvsk_a");
}

TEST_P(WebServers, NeverChooseBetweenDoubledHeaders) {
  EXPECT_EQ(ask("POST", "/api/key", "X-API-KEY: bvsk_a\r\nX-API-KEY: bvsk_b\r\n").status, 400);
  const HttpAnswer bearers =
      ask("POST", "/api/bearer", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n");
  EXPECT_GE(bearers.status, 400) << bearers.body;
  EXPECT_LT(bearers.status, 500);
  const HttpAnswer lengths = ask("POST", "/api/echo", kJson + "Content-Length: 2\r\n", "{} ");
  EXPECT_EQ(lengths.status, 400) << lengths.body;
}

TEST_P(WebServers, HostilePathsAreRefused) {
  for (const char* target :
       {"/api/a/%2e%2e/hello", "/api/a/../hello", "/api//hello", "/api/a%2Fb", "/api/x%00"}) {
    const HttpAnswer answer = ask("GET", target);
    EXPECT_GE(answer.status, 400) << target << " " << answer.body;
    EXPECT_LT(answer.status, 500) << target;
  }
}

TEST_P(WebServers, ABodyInChunksArrivesWhole) {
  HttpConnection client(port());
  client.send(chunked_head());
  client.send("3\r\n[1,\r\n");
  client.send("8000\r\n" + std::string(0x8000, ' ') + "\r\n");
  client.send("2\r\n2]\r\n0\r\n\r\n");
  const HttpAnswer answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "[1," + std::string(0x8000, ' ') + "2]");
}

TEST_P(WebServers, ABodyOf64KiBPassesAndALargerOneIsTooLarge) {
  EXPECT_EQ(ask("POST", "/api/echo", "", std::string(65'536, 'x')).status, 200);
  EXPECT_EQ(ask("POST", "/api/echo", "", std::string(65'537, 'x')).status, 413);
  EXPECT_GE(ask("POST", "/api/echo", "", std::string(2'000'000, 'x')).status, 400);
  HttpConnection client(port());
  client.send(chunked_head());
  client.send("10001\r\n" + std::string(65'537, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413);
}

TEST_P(WebServers, ABodyThatBreaksOffIsNeverHandled) {
  for (const std::string& begin :
       {head("POST", "/api/echo", "", 100) + "{\"cut\":", chunked_head() + "64\r\n{\"cut\":",
        chunked_head() + "7\r\n{\"cut\":\r\n"}) {
    {
      const HttpConnection vanishes(port());
      vanishes.send(begin);
    }
    HttpConnection waits(port());
    waits.send(begin);
    waits.end_sending();
    EXPECT_NE(waits.receive().status, 200) << begin;
  }
  EXPECT_EQ(ask("GET", "/api/hello").status, 200);
  stop_all();
  int hello = 0;
  for (const std::string& line : log_lines()) {
    if (line.find(R"("status":200)") == std::string::npos) continue;
    EXPECT_THAT(line, Not(HasSubstr(R"("route":"/echo")")));
    if (line.find(R"("route":"/hello")") != std::string::npos) ++hello;
  }
  EXPECT_EQ(hello, 1);  // the log is the right one
}

TEST_P(WebServers, SlowBodiesHoldNobodyUp) {
  // More than the server has workers. Each is well if it is completed within the server's patience.
  constexpr std::size_t kSlow = 6;
  std::vector<std::unique_ptr<HttpConnection>> slow;
  for (std::size_t i = 0; i < kSlow; ++i) {
    slow.push_back(std::make_unique<HttpConnection>(port()));
    slow.back()->send(head("POST", "/api/echo", "", 10) + "[1,2,");
  }
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("GET", "/api/hello").status, 200);
  for (const auto& client : slow) {
    client->send("3,4] ");
    const HttpAnswer answer = client->receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "[1,2,3,4] ");
  }
}

TEST_P(WebServers, MoreKeptConnectionsThanWorkersAreAllServed) {
  constexpr int kClients = 16;
  constexpr int kRequests = 10;
  std::atomic<int> good = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      HttpConnection client(port());
      for (int j = 0; j < kRequests; ++j) {
        client.send(head("POST", "/api/echo", "", 2) + "{}");
        const HttpAnswer answer = client.receive();
        if (answer.status == 200 && answer.body == "{}") ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, kClients * kRequests);
}

TEST_P(WebServers, TheServersErrorsPassThroughUntouched) {
  const HttpAnswer answer = ask("POST", "/api/bearer");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(code(answer), "missing_token");
  for (const char* name : {"access-control-allow-origin", "cache-control", "x-request-id"}) {
    EXPECT_EQ(answer.headers.count(name), 1U) << name;
  }
  // A route without CORS stays without.
  EXPECT_EQ(ask("GET", "/api/hello").headers.count("access-control-allow-origin"), 0U);
}

TEST_P(WebServers, TheSdkIsAFileThatPagesOfEverySiteMayLoad) {
  const HttpAnswer answer = ask("GET", "/sdk/masterkey2.js", "Origin: https://shop.example\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.header("content-type"), StartsWith("text/javascript"));
  EXPECT_EQ(answer.header("access-control-allow-origin"), "*");
  EXPECT_EQ(answer.header("cross-origin-resource-policy"), "cross-origin");
  EXPECT_EQ(answer.header("cache-control"), "no-cache");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_FALSE(answer.header("etag").empty());
  EXPECT_GE(ask("GET", "/sdk/").status, 403);
  EXPECT_EQ(ask("GET", "/sdk/../package.json").status, 404);
}

TEST_P(WebServers, ThePhonesPageIsAFileThatNobodyFramesOrKeeps) {
  const HttpAnswer answer = ask("GET", "/q");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("src=\"sdk/phone.js\""));
  const std::string policy = answer.header("content-security-policy");
  for (const char* part : {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'",
                           "require-trusted-types-for 'script'"}) {
    EXPECT_THAT(policy, HasSubstr(part));
  }
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(answer.header("cross-origin-opener-policy"), "same-origin");
  EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.header("access-control-allow-origin"), "");
  EXPECT_EQ(ask("GET", "/sdk/phone.js").status, 200);
  EXPECT_EQ(ask("GET", "/q/other").status, 404);
}

std::string server_name(const ::testing::TestParamInfo<WebServer>& info) {
  constexpr const char* kNames[] = {"Nginx", "Apache", "Fcgid", "Lighttpd", "Caddy"};
  return kNames[static_cast<int>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Each, WebServers,
                         ::testing::Values(WebServer::kNginx, WebServer::kApache, WebServer::kFcgid,
                                           WebServer::kLighttpd, WebServer::kCaddy),
                         server_name);

}  // namespace
}  // namespace masterkey2
