// Rate limits as callers meet them.
#include <gtest/gtest.h>

#include "service/fair_share.hpp"
#include "service/rate_limiter.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

std::string header(const Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.http.headers) {
    if (key == name) return value;
  }
  return "";
}

class Limits : public ::testing::Test {
 protected:
  void limit(LimitKind kind, std::uint32_t count) {
    RateLimits limits;
    limits.by_kind.at(static_cast<std::size_t>(kind)) = {.count = count, .period = 60'000};
    limiter_.emplace(SharedCells::in_memory(system_random()), limits);
    server_.services->limits = &*limiter_;
  }
  Answer begin(const std::string& token, const std::string& address = "192.0.2.7") {
    return server_.call("POST", "/api/v1/begin_authentication",
                        {.bearer = token, .origin = site_.origin, .address = address});
  }
  Answer users(const std::string& key, const std::string& address = "192.0.2.7") {
    return server_.call("GET", "/api/v1/users", {.api_key = key, .address = address});
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const std::string token_ = server_.session_token(site_);
  std::optional<RateLimiter> limiter_;
};

TEST_F(Limits, AnAddressThatAsksTooOftenWaits) {
  limit(LimitKind::kAddress, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(begin(token_).status, 200);
  const Answer refused = begin(token_);
  EXPECT_EQ(refused.summary(), "429 rate_limited");
  EXPECT_EQ(header(refused, "Retry-After"), "21");
  EXPECT_EQ(header(refused, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(begin(token_, "192.0.2.8").status, 200);
  server_.clock.advance(20'000);
  EXPECT_EQ(begin(token_).status, 200);
}

TEST_F(Limits, AnIpv6NetworkCountsAsOneAddress) {
  limit(LimitKind::kAddress, 2);
  EXPECT_EQ(begin(token_, "2001:db8::1").status, 200);
  EXPECT_EQ(begin(token_, "2001:db8::2").status, 200);
  EXPECT_EQ(begin(token_, "2001:db8::3").status, 429);
  EXPECT_EQ(begin(token_, "2001:db8:0:1::3").status, 200);
}

TEST_F(Limits, AForgedForwardingHeaderDoesNotMakeAnotherAddress) {
  limit(LimitKind::kAddress, 1);
  const auto from = [&](const std::string& forwarded_for) {
    return server_
        .call("POST", "/api/v1/begin_authentication",
              {.bearer = token_,
               .origin = site_.origin,
               .headers = {{"x-forwarded-for", forwarded_for}}})
        .status;
  };
  EXPECT_EQ(from("198.51.100.1"), 200);
  EXPECT_EQ(from("198.51.100.2"), 429);
  server_.peers.trusted_proxies.push_back(AddressRange::parse("192.0.2.7").value());
  EXPECT_EQ(from("198.51.100.3"), 200);
  EXPECT_EQ(from("198.51.100.4"), 200);
  EXPECT_EQ(from("198.51.100.4"), 429);
}

TEST_F(Limits, OperatorsAndServersWithAKeyAreNotCountedByAddress) {
  limit(LimitKind::kAddress, 1);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(begin(token_, "127.0.0.1").status, 200);
    EXPECT_EQ(users(site_.api_key).status, 200);
    EXPECT_EQ(server_.call("GET", "/healthz", {.address = "::1"}).status, 200);
  }
}

TEST_F(Limits, WrongKeysAreCountedByAddress) {
  limit(LimitKind::kAddress, 2);
  const std::string wrong = "bvsk_" + std::string(43, 'A');
  EXPECT_EQ(users(wrong).summary(), "401 invalid_api_key");
  EXPECT_EQ(users(wrong).summary(), "401 invalid_api_key");
  EXPECT_EQ(users(wrong).summary(), "429 rate_limited");
  EXPECT_EQ(users(site_.api_key).status, 200);  // nobody else at that address is locked out
}

TEST_F(Limits, TokensKeysAndTenantsHaveTheirOwn) {
  limit(LimitKind::kToken, 1);
  const std::string second = server_.session_token(site_);
  EXPECT_EQ(begin(token_).status, 200);
  EXPECT_EQ(begin(token_).status, 429);
  EXPECT_EQ(begin(second).status, 200);

  limit(LimitKind::kKey, 1);
  EXPECT_EQ(users(site_.api_key).status, 200);
  EXPECT_EQ(users(site_.api_key).status, 429);

  const Site other = server_.add_site("example.org");
  limit(LimitKind::kTenant, 2);
  EXPECT_EQ(users(site_.api_key).status, 200);
  EXPECT_EQ(begin(token_).status, 200);
  EXPECT_EQ(begin(second).status, 429);
  EXPECT_EQ(users(other.api_key).status, 200);
}

TEST_F(Limits, ARefusedRequestReadsNoStorage) {
  limit(LimitKind::kToken, 1);
  EXPECT_EQ(begin(token_).status, 200);
  server_.storage->reset_counts();
  EXPECT_EQ(begin(token_).status, 429);
  EXPECT_EQ(server_.storage->reads() + server_.storage->writes(), 0);
}

TEST(MetricsRoute, IsForOperatorsAndOnlyWhereSomebodyCounts) {
  TestServer server;
  EXPECT_EQ(server.call("GET", "/metrics", {.address = "127.0.0.1"}).summary(), "404 not_found");
}

class FairShare : public Limits {
 protected:
  std::string share(const std::string& token, const std::string& address = "192.0.2.7") {
    return fair_share(*server_.services, token, address);
  }
};

TEST_F(FairShare, IsOneForAllGenuineTokensOfATenant) {
  const std::string user_token = server_.user_token(site_, "alice");
  const std::string ceremony = server_.begin_authentication(site_, token_).body.at("ceremony");
  const Json code =
      server_.call("POST", "/api/v1/cross_device", {.bearer = token_, .origin = site_.origin}).body;
  const std::string url = code.at("url");
  const std::string id = url.substr(url.find('#') + 1);
  const std::string phone = server_
                                .call("POST", "/api/v1/cross_device/claim",
                                      {.origin = TestServer::kBaseUrl, .json = Json{{"id", id}}})
                                .body.at("phone_token");
  for (const std::string& token : {server_.session_token(site_), user_token, ceremony, id, phone,
                                   code.at("poll_token").get<std::string>()}) {
    EXPECT_EQ(share(token, "192.0.2.8"), share(token_)) << token;
  }
  server_.clock.advance(100LL * 86'400'000);
  EXPECT_EQ(share(token_), share(user_token));
  const Site other = server_.add_site("example.org");
  EXPECT_NE(share(server_.session_token(other)), share(token_));
}

TEST_F(FairShare, IsThatOfTheAddressForWhateverElseIsSent) {
  std::string forged = token_;
  forged[forged.size() - 5] ^= 1;
  for (const std::string& token : {std::string(), std::string("mk2s_"), std::string("x"), forged,
                                   std::string(9'000, 'm'), "mk2u_" + token_.substr(5)}) {
    EXPECT_EQ(share(token), share("")) << token;
    EXPECT_NE(share(token, "192.0.2.8"), share("")) << token;
  }
  EXPECT_EQ(share("", "2001:db8::1"), share("", "2001:db8::2"));
  EXPECT_NE(share("", "2001:db8::1"), share("", "2001:db8:0:1::1"));
  EXPECT_NE(share("mk2s_", "192.0.2.7"), share(token_));
}

TEST_F(FairShare, ReadsNoStorage) {
  server_.storage->reset_counts();
  EXPECT_NE(share(token_), share(""));
  EXPECT_EQ(server_.storage->reads() + server_.storage->writes(), 0);
}

}  // namespace
}  // namespace masterkey2::testing
