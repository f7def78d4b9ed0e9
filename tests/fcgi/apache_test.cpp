// What the configuration for Apache does besides (web_servers_test.cpp).
#include "web_server_fixture.hpp"

namespace masterkey2 {
namespace {

using ApacheTest = WebServerFixture;

TEST_F(ApacheTest, ItsOwnErrorsAreProblemsThatPagesCanRead) {
  start_behind(WebServer::kApache);
  if (IsSkipped()) return;
  stop();
  const testing::HttpAnswer down = ask("POST", "/api/bearer");
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(down.header("content-type"), "application/problem+json");
  EXPECT_EQ(down.headers.count("access-control-allow-origin"), 1U);
  EXPECT_EQ(down.header("cache-control"), "no-store");
  EXPECT_EQ(code(down), "overloaded");
}

}  // namespace
}  // namespace masterkey2
