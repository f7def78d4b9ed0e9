// The server behind a real nginx with the snippet that we ship.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "encoding/json.hpp"
#include "server_fixture.hpp"
#include "shipped_configuration.hpp"
#include "support/nginx_process.hpp"

namespace masterkey2 {
namespace {

using testing::http_exchange;
using testing::HttpAnswer;
using testing::NginxProcess;

/// With the name of an upstream for the socket.
std::string shipped_snippet() {
  return shipped_configuration(
      "nginx/masterkey2.conf",
      {{"unix:/run/masterkey2/fastcgi.sock", "masterkey2"},
       {"/usr/share/masterkey2/sdk/", MASTERKEY2_SOURCE_DIR "/sdk/dist/"}});
}

class NginxTest : public ServerFixture {
 protected:
  NginxTest() : ServerFixture("/api") {}

  void SetUp() override {
    if (!testing::have_nginx()) GTEST_SKIP() << "nginx is not installed";
    start();
  }

  void start_nginx(const std::string& upstream_lines = "", const std::string& server_lines = "") {
    nginx_.emplace(NginxProcess::Contents{
        .http = "upstream masterkey2 { server unix:" + socket_path() + "; " + upstream_lines + " }",
        .server = server_lines + shipped_snippet()});
  }

  [[nodiscard]] HttpAnswer ask(const std::string& method, const std::string& target,
                               const std::string& headers = "",
                               const std::string& body = "") const {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: auth.example\r\n" + headers;
    if (!body.empty()) {
      text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n";
    }
    return http_exchange(nginx_->port(), text + "Connection: close\r\n\r\n" + body);
  }

  static std::string code(const HttpAnswer& answer) {
    const Json body = Json::parse(answer.body, nullptr, false);
    return body.is_object() ? body.value("code", "") : "no problem: " + answer.body;
  }

  std::optional<NginxProcess> nginx_;
};

TEST_F(NginxTest, PathsArriveAsTheyWereSent) {
  start_nginx();
  for (const char* target : {"/api/users/%2e%2e/rotate-key", "/api/users/../rotate-key",
                             "/api//hello", "/api/a%2Fb", "/api/x%00"}) {
    const HttpAnswer answer = ask("GET", target);
    EXPECT_EQ(answer.status, 400) << target;
  }
  EXPECT_EQ(ask("GET", "http://evil.example/api/hello").status, 200);
}

TEST_F(NginxTest, ItsOwnRefusalsAreProblemsThatPagesCanRead) {
  start_nginx();
  EXPECT_EQ(ask("POST", "/api/echo", "", std::string(65'536, 'x')).status, 200);
  const HttpAnswer large = ask("POST", "/api/echo", "", std::string(65'537, 'x'));
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.header("content-type"), "application/problem+json");
  EXPECT_EQ(large.headers.count("access-control-allow-origin"), 1U);
  EXPECT_EQ(code(large), "body_too_large");

  stop();
  const HttpAnswer down = ask("POST", "/api/echo", "", "{}");
  EXPECT_EQ(down.status, 502);
  EXPECT_EQ(down.header("content-type"), "application/problem+json");
  EXPECT_EQ(down.headers.count("access-control-allow-origin"), 1U);
  EXPECT_EQ(down.header("cache-control"), "no-store");
  EXPECT_NE(down.header("retry-after"), "");
  EXPECT_EQ(code(down), "overloaded");
  EXPECT_EQ(Json::parse(down.body).at("request_id"), down.header("x-request-id"));
}

TEST_F(NginxTest, ABodyRefusedEarlyIsStillAnswered) {
  // As behind a web server with a higher limit that passes bodies on while they come.
  start_nginx();
  nginx_.emplace(NginxProcess::Contents{
      .http = "upstream masterkey2 { server unix:" + socket_path() + "; }",
      .server = "location / { client_max_body_size 20m; fastcgi_request_buffering off;"
                " include /etc/nginx/fastcgi_params; fastcgi_pass masterkey2; }"});
  for (const std::size_t size : {std::size_t{100'000}, std::size_t{10'000'000}}) {
    const HttpAnswer answer = ask("POST", "/api/echo", "", std::string(size, 'x'));
    EXPECT_EQ(answer.status, 413) << size;
    EXPECT_EQ(code(answer), "body_too_large");
  }
}

TEST_F(NginxTest, KeptUpstreamConnectionsServeMoreClientsThanWorkers) {
  start_nginx("keepalive 16;", "fastcgi_keep_conn on;");
  constexpr int kClients = 16;
  constexpr int kRequests = 25;
  std::atomic<int> good = 0;
  std::vector<std::thread> clients;
  clients.reserve(kClients);
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < kRequests; ++j) {
        if (ask("POST", "/api/echo", "", "{}").status == 200) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, kClients * kRequests);
}

}  // namespace
}  // namespace masterkey2
