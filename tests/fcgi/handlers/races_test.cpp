#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <map>
#include <thread>

#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

constexpr int kThreads = 16;

/// What `call` answered in all threads, which start together: summary → how often.
template <class Call>
std::map<std::string, int> together(Call call) {
  std::vector<std::string> answers(kThreads);
  std::barrier start(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        answers[static_cast<std::size_t>(i)] = call(i);
      });
    }
  }
  std::map<std::string, int> counts;
  for (const std::string& answer : answers) ++counts[answer];
  return counts;
}

using Counts = std::map<std::string, int>;

class Races : public ::testing::Test {
 protected:
  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const support::VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string token_ = server_.session_token(site_);
};

TEST_F(Races, OneOf16FinishesOfOneAuthenticationSucceeds) {
  for (int round = 0; round < 20; ++round) {
    const Answer begun = server_.begin_authentication(site_, token_);
    const Json body = TestServer::assertion_body(site_, begun, passkey_);
    EXPECT_EQ(together([&](int) {
                return server_
                    .call("POST", "/api/v1/finish_authentication",
                          {.bearer = token_, .origin = site_.origin, .json = body})
                    .summary();
              }),
              (Counts{{"200", 1}, {"409 ceremony_used", kThreads - 1}}));
  }
  EXPECT_EQ(server_.audit(site_, "sign_in.succeeded").size(), 20U);
}

TEST_F(Races, OneOf16FinishesOfOneRegistrationSucceeds) {
  const std::string token = server_.user_token(site_, "alice");
  const Answer begun = server_.begin_registration(site_, token);
  const auto passkey = support::VirtualCredential::create(webauthn::kEs256, passkey_.user_handle);
  const Json body = TestServer::attestation_body(site_, begun, passkey);
  EXPECT_EQ(together([&](int) {
              return server_
                  .call("POST", "/api/v1/finish_registration",
                        {.bearer = token, .origin = site_.origin, .json = body})
                  .summary();
            }),
            (Counts{{"200", 1}, {"409 ceremony_used", kThreads - 1}}));
}

TEST_F(Races, OneOf16CeremoniesUnderOneUserTokenSucceeds) {
  const std::string token = server_.user_token(site_, "bob");
  const Counts counts = together([&](int) {
    const Answer begun = server_.begin_registration(site_, token);
    return server_.finish_registration(site_, token, begun).first.summary();
  });
  EXPECT_EQ(counts, (Counts{{"200", 1}, {"409 token_used", kThreads - 1}}));
  EXPECT_EQ(server_.store().find_user(site_.id, "bob", true)->credentials.size(), 1U);
}

TEST_F(Races, OneOf16VerificationsSaysTrue) {
  for (const bool by_session : {false, true}) {
    const std::string session = server_.session_token(site_);
    const std::string auth = server_.sign_in(site_, session, passkey_);
    const std::string& token = by_session ? session : auth;
    const Counts counts = together([&](int) {
      const Answer answer = server_.verify(site_, {{"token", token}});
      return answer.status != 200                 ? answer.summary()
             : answer.body.at("verified") == true ? std::string("true")
                                                  : answer.code();
    });
    EXPECT_EQ(counts, (Counts{{"true", 1},
                              {by_session ? "no_sign_in" : "409 already_verified", kThreads - 1}}));
  }
}

TEST_F(Races, SignInsWithOnePasskeyInParallelAllSucceed) {
  const Counts counts = together([&](int) {
    const Answer begun = server_.begin_authentication(site_, token_);
    return server_.finish_authentication(site_, token_, begun, passkey_).summary();
  });
  EXPECT_EQ(counts, (Counts{{"200", kThreads}}));
}

TEST_F(Races, OneOf16UserTokensForANewUserCreatesIt) {
  EXPECT_EQ(together([&](int) {
              return server_
                  .call("POST", "/api/v1/user-token",
                        {.api_key = site_.api_key, .json = Json{{"external_id", "carol"}}})
                  .summary();
            }),
            (Counts{{"200", kThreads}}));
  EXPECT_EQ(server_.store().list_users(site_.id, {})->items.size(), 2U);
}

TEST_F(Races, NoFinishSucceedsThatBeganAfterADisabling) {
  std::atomic<bool> disabled{false};
  std::atomic<int> wrong{0};
  {
    std::jthread disabler([&] {
      server_.set_user_enabled(site_, "alice", false);
      disabled = true;
    });
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 20; ++round) {
          const Answer begun = server_.begin_authentication(site_, token_);
          const bool after = disabled;
          const Answer answer = server_.finish_authentication(site_, token_, begun, passkey_);
          wrong += after && answer.status == 200;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST_F(Races, AuditNumbersHaveNoGapAfterRefusals) {
  static_cast<void>(together([&](int) {
    const Answer begun = server_.begin_authentication(site_, token_);
    const Json body = TestServer::assertion_body(site_, begun, passkey_);
    std::string last;
    for (int i = 0; i < 2; ++i) {
      last = server_
                 .call("POST", "/api/v1/finish_authentication",
                       {.bearer = token_, .origin = site_.origin, .json = body})
                 .summary();
    }
    return last;
  }));
  ASSERT_TRUE(server_.services->audit.fill_gaps(server_.store(), server_.clock.now()));
  std::vector<std::uint64_t> numbers;
  const TokenId chain = server_.audit(site_, "sign_in.succeeded").at(0).chain;
  for (const AuditEntry& entry : server_.audit(site_)) {
    if (entry.chain == chain) numbers.push_back(entry.sequence);
  }
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], i + 1);
}

TEST_F(Races, ThousandsOfBeginsLeaveTheStoreAsItIs) {
  const std::string user_token = server_.user_token(site_, "alice");
  const std::uintmax_t before = server_.store_size();
  server_.storage->reset_counts();
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_EQ(server_.begin_authentication(site_, token_).status, 200);
    ASSERT_EQ(server_.begin_registration(site_, user_token).status, 200);
    static_cast<void>(server_.session_token(site_));
  }
  EXPECT_EQ(server_.storage->writes(), 0);
  EXPECT_EQ(server_.store_size(), before);
}

}  // namespace
}  // namespace masterkey2::testing
