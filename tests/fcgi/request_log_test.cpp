// What a request leaves in the log.
#include <gmock/gmock.h>

#include <algorithm>

#include "encoding/json.hpp"
#include "server_fixture.hpp"

namespace masterkey2 {
namespace {

using testing::cgi_params;
using ::testing::HasSubstr;
using ::testing::Not;

using RequestLogTest = ServerFixture;

TEST_F(RequestLogTest, EveryRequestIsOneLineOfJson) {
  start();
  const std::string odd = "/\x01\x1b[31m\xff\x7f\xe2\x80\xae\"\\?secret-query";
  EXPECT_EQ(status(get("/hello?secret-query")), 200);
  EXPECT_EQ(status(get(odd)), 400);
  EXPECT_EQ(status({.params = cgi_params("POST", "/bearer",
                                         {{"HTTP_AUTHORIZATION", "Basic secret-header"}})}),
            401);
  EXPECT_EQ(status(post("/hello", "secret-body")), 405);
  EXPECT_EQ(status({.params = cgi_params("GET", "/hello", {{"REQUEST_METHOD", "GET"}})}), 400);
  EXPECT_EQ(status(get("/" + std::string(8'000, '\x01'))), 400);
  stop();
  std::vector<Json> requests;
  for (const std::string& line : log_lines()) {
    ASSERT_TRUE(Json::accept(line)) << line;
    EXPECT_LT(line.size(), 4'096U);
    for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
    EXPECT_THAT(line, Not(HasSubstr("secret-")));
    EXPECT_THAT(line, Not(HasSubstr("\xe2\x80\xae")));
    Json value = Json::parse(line);
    if (value.at("event") == "request") requests.push_back(std::move(value));
  }
  ASSERT_EQ(requests.size(), 6U);
  // Workers write when they are done, so the order is theirs.
  const auto with = [&](const char* member, const Json& value) {
    const auto found = std::find_if(requests.begin(), requests.end(), [&](const Json& line) {
      return line.value(member, Json()) == value;
    });
    return found == requests.end() ? Json::object() : *found;
  };
  const Json good = with("status", 200);
  EXPECT_EQ(good.value("level", ""), "info");
  EXPECT_EQ(good.value("method", ""), "GET");
  EXPECT_EQ(good.value("route", ""), "/hello");
  EXPECT_EQ(good.value("path", ""), "/hello");
  EXPECT_EQ(good.value("remote_address", ""), "127.0.0.1");
  EXPECT_EQ(good.value("request_id", "").size(), 22U);
  EXPECT_GE(good.value("duration_us", -1), 0);
  EXPECT_FALSE(good.contains("code"));
  EXPECT_EQ(with("code", "invalid_path").value("status", 0), 400);
  EXPECT_EQ(with("code", "missing_token").value("route", ""), "/bearer");
  EXPECT_EQ(with("code", "method_not_allowed").value("status", 0), 405);
}

}  // namespace
}  // namespace masterkey2
