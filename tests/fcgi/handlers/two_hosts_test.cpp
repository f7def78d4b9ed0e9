// Hosts whose clocks differ, on one store: each goes by its own, and what is used is used on all.
#include <gtest/gtest.h>

#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

constexpr UnixMillis kDay = 86'400'000;
constexpr UnixMillis kCeremony = 300'000;

class TwoHosts : public ::testing::Test {
 protected:
  Answer begin() { return server_.begin_authentication(site_, token_); }
  Answer finish(const Answer& begun) {
    return server_.finish_authentication(site_, token_, begun, passkey_);
  }
  /// Housekeeping of a host whose clock is ahead by `skew`.
  void purge(UnixMillis skew) {
    ASSERT_TRUE(server_.store().purge_expired(server_.clock.now() + skew, 1'000));
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const support::VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string token_ = server_.session_token(site_);
};

TEST_F(TwoHosts, ASessionTokenLivesForADayByTheClockOfTheHostThatIsAsked) {
  server_.clock.advance(kDay - 1);
  server_.move_to_host(3'000);
  EXPECT_EQ(begin().summary(), "401 token_expired");
  server_.move_to_host(-3'000);
  EXPECT_EQ(begin().summary(), "200");
  server_.clock.advance(3'000);
  EXPECT_EQ(begin().summary(), "200");
  server_.clock.advance(1);
  EXPECT_EQ(begin().summary(), "401 token_expired");
}

TEST_F(TwoHosts, ACeremonyLivesForFiveMinutesByTheClockOfTheHostThatIsAsked) {
  const Answer early = begin();
  const Answer late = begin();
  server_.clock.advance(kCeremony - 1);
  server_.move_to_host(10'000);
  EXPECT_EQ(finish(early).summary(), "410 ceremony_expired");
  server_.move_to_host(-10'000);
  EXPECT_EQ(finish(early).summary(), "200");
  server_.clock.advance(10'000);
  EXPECT_EQ(finish(late).summary(), "200");
  server_.clock.advance(1);
  EXPECT_EQ(finish(late).summary(), "410 ceremony_expired");
}

TEST_F(TwoHosts, AUsedCeremonyIsUsedOnAHostThatIsBehind) {
  const Answer begun = begin();
  server_.clock.advance(kCeremony - 1);
  ASSERT_EQ(finish(begun).summary(), "200");
  server_.move_to_host(-5'000);
  for (int second = 0; second <= 5; ++second) {
    purge(5'000);
    EXPECT_EQ(finish(begun).summary(), "409 ceremony_used") << second;
    server_.clock.advance(1'000);
  }
  EXPECT_EQ(finish(begun).summary(), "410 ceremony_expired");
}

TEST_F(TwoHosts, AVerifiedTokenIsVerifiedOnAHostThatIsBehind) {
  const std::string auth = server_.sign_in(site_, token_, passkey_);
  server_.clock.advance(119'999);
  ASSERT_EQ(server_.verify(site_, {{"token", auth}}).body.at("verified"), true);
  server_.move_to_host(-5'000);
  for (int second = 0; second <= 5; ++second) {
    purge(5'000);
    EXPECT_EQ(server_.verify(site_, {{"token", auth}}).summary(), "409 already_verified") << second;
    server_.clock.advance(1'000);
  }
}

}  // namespace
}  // namespace masterkey2::testing
