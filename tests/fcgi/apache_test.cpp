// The server behind a real Apache with the configuration that we ship.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "encoding/json.hpp"
#include "server_fixture.hpp"
#include "support/apache_process.hpp"
#include "support/nginx_process.hpp"

namespace masterkey2 {
namespace {

using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::Not;

class ApacheTest : public ServerFixture {
 protected:
  ApacheTest() : ServerFixture("/api") {}

  void SetUp() override {
    if (!testing::have_apache()) GTEST_SKIP() << "apache2 is not installed";
    // Apache's children are another user.
    ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
    auto socket = bind_socket({.path = socket_path()}, 0666);
    ASSERT_TRUE(socket) << socket.error();
    start(std::move(*socket));
    std::ifstream file(MASTERKEY2_SOURCE_DIR "/conf/apache/masterkey2.conf");
    std::stringstream text;
    text << file.rdbuf();
    std::string shipped = text.str();
    replace_all(shipped, "/run/masterkey2/fastcgi.sock", socket_path());
    // A copy: the source tree may lie where Apache's user cannot go.
    const std::string sdk = folder_ / "sdk/";
    std::filesystem::copy(MASTERKEY2_SOURCE_DIR "/sdk/dist", sdk,
                          std::filesystem::copy_options::recursive);
    replace_all(shipped, "/usr/share/masterkey2/sdk/", sdk);
    apache_.emplace(shipped);
  }

  [[nodiscard]] HttpAnswer ask(const std::string& method, const std::string& target,
                               const std::string& headers = "") const {
    return testing::http_exchange(apache_->port(), method + " " + target +
                                                       " HTTP/1.0\r\nHost: auth.example\r\n" +
                                                       headers + "Connection: close\r\n\r\n");
  }
  static void replace_all(std::string& text, const std::string& from, const std::string& to) {
    std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    for (; at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  }
  static std::string code(const HttpAnswer& answer) {
    const Json body = Json::parse(answer.body, nullptr, false);
    return body.is_object() ? body.value("code", "") : "no problem: " + answer.body;
  }

  std::optional<testing::ApacheProcess> apache_;
};

TEST_F(ApacheTest, PassesAuthorizationAndApiKeyOn) {
  const HttpAnswer answer =
      ask("GET", "/api/echo-headers?a=%2e", "Authorization: Bearer x\r\nX-API-KEY: bvsk_a\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("authorization=Bearer x;"));
  EXPECT_THAT(answer.body, HasSubstr("x-api-key=bvsk_a;"));
  EXPECT_THAT(answer.body, HasSubstr("GET /api/echo-headers?a=%2e"));
}

TEST_F(ApacheTest, HostileRequestsAreRefusedOrTheirHeadersDropped) {
  EXPECT_EQ(code(ask("GET", "/api/a/%2e%2e/hello")), "invalid_path");
  const HttpAnswer dropped =
      ask("GET", "/api/echo-headers", "X_API_KEY: bvsk_evil\r\nProxy: http://evil.example\r\n");
  EXPECT_EQ(dropped.status, 200);
  EXPECT_THAT(dropped.body, Not(HasSubstr("evil")));
}

TEST_F(ApacheTest, TheServersErrorsPassThroughUntouched) {
  const HttpAnswer answer = ask("POST", "/api/bearer");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(code(answer), "missing_token");
  EXPECT_EQ(answer.headers.count("access-control-allow-origin"), 1U);
  EXPECT_EQ(answer.headers.count("cache-control"), 1U);
  // A route without CORS stays without.
  EXPECT_EQ(ask("GET", "/api/hello").headers.count("access-control-allow-origin"), 0U);
}

TEST_F(ApacheTest, ItsOwnErrorsAreProblemsThatPagesCanRead) {
  stop();
  const HttpAnswer down = ask("POST", "/api/bearer");
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(down.header("content-type"), "application/problem+json");
  EXPECT_EQ(down.headers.count("access-control-allow-origin"), 1U);
  EXPECT_EQ(down.header("cache-control"), "no-store");
  EXPECT_EQ(code(down), "overloaded");
}

TEST_F(ApacheTest, TheSdkIsAFileThatPagesOfEverySiteMayLoad) {
  const HttpAnswer answer = ask("GET", "/sdk/masterkey2.js", "Origin: https://shop.example\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.header("content-type"), ::testing::StartsWith("text/javascript"));
  EXPECT_EQ(answer.header("access-control-allow-origin"), "*");
  EXPECT_EQ(answer.header("cross-origin-resource-policy"), "cross-origin");
  EXPECT_EQ(answer.header("cache-control"), "no-cache");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_FALSE(answer.header("etag").empty());
  EXPECT_GE(ask("GET", "/sdk/").status, 403);
  EXPECT_EQ(ask("GET", "/sdk/../package.json").status, 404);
}

TEST_F(ApacheTest, ThePhonesPageIsAFileThatNobodyFramesOrKeeps) {
  const HttpAnswer answer = ask("GET", "/q");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(answer.body, ::testing::HasSubstr("src=\"sdk/phone.js\""));
  const std::string policy = answer.header("content-security-policy");
  for (const char* part : {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'",
                           "require-trusted-types-for 'script'"}) {
    EXPECT_THAT(policy, ::testing::HasSubstr(part));
  }
  EXPECT_THAT(policy, ::testing::Not(::testing::HasSubstr("unsafe")));
  EXPECT_EQ(answer.header("cross-origin-opener-policy"), "same-origin");
  EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.header("access-control-allow-origin"), "");
  EXPECT_EQ(ask("GET", "/sdk/phone.js").status, 200);
  EXPECT_EQ(ask("GET", "/q/other").status, 404);
}

}  // namespace
}  // namespace masterkey2
