#include <gtest/gtest.h>

#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

class Origins : public ::testing::Test {
 protected:
  std::string begin(std::optional<std::string> origin) {
    return server_
        .call("POST", "/api/v1/begin_authentication",
              {.bearer = token_, .origin = std::move(origin)})
        .summary();
  }
  Answer finish(const Answer& begun, std::optional<std::string> header,
                const std::string& client_data) {
    const Json body = TestServer::assertion_body(
        site_, begun, passkey_,
        [&](support::CeremonyAnswer& answer) { answer.origin = client_data; });
    return server_.call("POST", "/api/v1/finish_authentication",
                        {.bearer = token_, .origin = std::move(header), .json = body});
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const support::VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string token_ = server_.session_token(site_);
};

constexpr const char* kForeign[] = {
    "https://example.org",
    "http://example.com",
    "https://example.com:8443",
    "https://example.com/",
    "https://EXAMPLE.com",
    "https://example.com.",
    "https://www.example.com",
    "https://com",
    "https://notexample.com",
    "null",
    "",
    "https://xn--exmple-cua.com",
    "https://user@example.com",
    "https://example.com, https://example.com",
};

TEST_F(Origins, BeginOnlyFromThoseOfTheTenantByteByByte) {
  EXPECT_EQ(begin("https://example.com"), "200");
  for (const char* origin : kForeign) {
    EXPECT_EQ(begin(origin), "403 origin_not_allowed") << origin;
  }
  EXPECT_EQ(begin(std::nullopt), "403 origin_not_allowed");
}

TEST_F(Origins, HoldForRegistrationToo) {
  const std::string token = server_.user_token(site_, "alice");
  for (const char* origin : kForeign) {
    EXPECT_EQ(
        server_.call("POST", "/api/v1/begin_registration", {.bearer = token, .origin = origin})
            .summary(),
        "403 origin_not_allowed")
        << origin;
  }
}

TEST_F(Origins, FinishOnlyFromTheOneThatBegan) {
  server_.change_settings(site_, [](TenantSettings& settings) {
    settings.origins.emplace_back("https://login.example.com");
  });
  const Answer begun = server_.begin_authentication(site_, token_);
  EXPECT_EQ(finish(begun, "https://login.example.com", "https://login.example.com").summary(),
            "403 origin_not_allowed");
  EXPECT_EQ(finish(begun, std::nullopt, "https://example.com").summary(), "403 origin_not_allowed");
  EXPECT_EQ(finish(begun, "https://example.com", "https://login.example.com").summary(),
            "422 verification_failed origin_mismatch");
  EXPECT_EQ(finish(begun, "https://example.com", "https://example.com").summary(), "200");
}

TEST_F(Origins, OfTheClientDataAreComparedByteByByte) {
  for (const char* origin : kForeign) {
    const Answer begun = server_.begin_authentication(site_, token_);
    const Answer answer = finish(begun, "https://example.com", origin);
    EXPECT_EQ(answer.status, 422) << origin;
  }
  // base_url's own origin is for cross-device ceremonies alone.
  const Answer begun = server_.begin_authentication(site_, token_);
  EXPECT_EQ(finish(begun, "https://example.com", TestServer::kBaseUrl).summary(),
            "422 verification_failed origin_mismatch");
}

TEST_F(Origins, EndWhenTheTenantTakesThemAway) {
  const Answer begun = server_.begin_authentication(site_, token_);
  server_.change_settings(
      site_, [](TenantSettings& settings) { settings.origins = {"https://new.example.com"}; });
  EXPECT_EQ(finish(begun, "https://example.com", "https://example.com").summary(),
            "403 origin_not_allowed");
  EXPECT_EQ(begin("https://example.com"), "403 origin_not_allowed");
  EXPECT_EQ(begin("https://new.example.com"), "200");
}

TEST_F(Origins, MayLieBelowWhereTheTenantAllowsSubdomains) {
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.allow_subdomains = true; });
  EXPECT_EQ(begin("https://a.b-2.example.com"), "200");
  for (const char* origin :
       {"https://.example.com", "https://a..example.com", "https://A.example.com",
        "https://a_b.example.com", "https://evil.org/.example.com", "https://a@b.example.com",
        "https://a.example.com:8443", "http://a.example.com", "https://aexample.com"}) {
    EXPECT_EQ(begin(origin), "403 origin_not_allowed") << origin;
  }
  const Answer begun = server_.call("POST", "/api/v1/begin_authentication",
                                    {.bearer = token_, .origin = "https://a.example.com"});
  EXPECT_EQ(finish(begun, "https://a.example.com", "https://b.example.com").summary(),
            "422 verification_failed origin_mismatch");
  EXPECT_EQ(finish(begun, "https://a.example.com", "https://a.example.com").summary(), "200");
}

TEST_F(Origins, MayBeMissingWhereTheTenantDoesNotRequireThem) {
  server_.change_settings(site_, [](TenantSettings& settings) {
    settings.require_origin = false;
    settings.origins.emplace_back("https://login.example.com");
  });
  EXPECT_EQ(begin("https://example.org"), "403 origin_not_allowed");
  const Answer begun = server_.call("POST", "/api/v1/begin_authentication", {.bearer = token_});
  ASSERT_EQ(begun.summary(), "200");
  EXPECT_EQ(finish(begun, "https://example.com", "https://example.com").summary(),
            "403 origin_not_allowed");
  EXPECT_EQ(finish(begun, std::nullopt, "https://example.org").summary(),
            "422 verification_failed origin_mismatch");
  EXPECT_EQ(finish(begun, std::nullopt, "https://login.example.com").summary(), "200");
}

TEST_F(Origins, AreRequiredAgainAtFinish) {
  server_.change_settings(site_, [](TenantSettings& settings) { settings.require_origin = false; });
  const Answer begun = server_.call("POST", "/api/v1/begin_authentication", {.bearer = token_});
  server_.change_settings(site_, [](TenantSettings& settings) { settings.require_origin = true; });
  EXPECT_EQ(finish(begun, std::nullopt, "https://example.com").summary(), "403 origin_not_allowed");
}

}  // namespace
}  // namespace masterkey2::testing
