#include <gtest/gtest.h>

#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

class UserToken : public ::testing::Test {
 protected:
  Answer post(const Json& body) {
    return server_.call("POST", "/api/v1/user-token", {.api_key = site_.api_key, .json = body});
  }
  std::optional<UserAccount> user(const std::string& external_id) {
    return server_.store().find_user(site_.id, external_id, false)->user;
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
};

TEST_F(UserToken, IsIssuedAsTheGuideAsksForIt) {
  const Answer answer =
      post({{"external_id", "user-1"}, {"display_name", "Ada Lovelace"}, {"ttl", 30}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body.at("user_token").get<std::string>().starts_with("mk2u_"));
  EXPECT_EQ(answer.body.at("expires_in"), 30);
  ASSERT_TRUE(user("user-1"));
  EXPECT_EQ(user("user-1")->display_name, "Ada Lovelace");
}

TEST_F(UserToken, CreatesTheUserOnceAndKeepsTheHandle) {
  EXPECT_EQ(post({{"external_id", "alice"}}).status, 200);
  const UserHandle handle = user("alice")->handle;
  EXPECT_EQ(post({{"external_id", "alice"}, {"display_name", "Alice"}}).status, 200);
  EXPECT_EQ(user("alice")->handle, handle);
  EXPECT_EQ(user("alice")->display_name, "Alice");
}

TEST_F(UserToken, WritesNothingForAUserThatIsAsItShouldBe) {
  const Json body = {{"external_id", "alice"}, {"display_name", "Alice"}, {"username", "al"}};
  EXPECT_EQ(post(body).status, 200);
  server_.storage->reset_counts();
  EXPECT_EQ(post(body).status, 200);
  EXPECT_EQ(post({{"external_id", "alice"}}).status, 200);
  EXPECT_EQ(server_.storage->writes(), 0);
  EXPECT_EQ(user("alice")->display_name, "Alice");
  EXPECT_EQ(user("alice")->username, "al");
}

TEST_F(UserToken, UpdatesOnlyTheNamesThatItIsGiven) {
  EXPECT_EQ(post({{"external_id", "a"}, {"display_name", "A"}, {"username", "u"}}).status, 200);
  EXPECT_EQ(post({{"external_id", "a"}, {"username", ""}}).status, 200);
  EXPECT_EQ(user("a")->display_name, "A");
  EXPECT_EQ(user("a")->username, "");
}

TEST_F(UserToken, LivesFor10To600SecondsAnd300ByDefault) {
  EXPECT_EQ(post({{"external_id", "a"}}).body.at("expires_in"), 300);
  EXPECT_EQ(post({{"external_id", "a"}, {"ttl", 10}}).body.at("expires_in"), 10);
  EXPECT_EQ(post({{"external_id", "a"}, {"ttl", 600}}).body.at("expires_in"), 600);
  for (const std::int64_t ttl :
       std::vector<std::int64_t>{0, 1, 9, 601, -1, -30, 4'294'967'326, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(post({{"external_id", "a"}, {"ttl", ttl}}).summary(), "400 invalid_request /ttl");
  }
}

TEST_F(UserToken, TakesNoTtlThatIsNoInteger) {
  for (const char* ttl : {R"("30")", "30.0", "30.9", "3e1", "true", "null", "[30]", "{}",
                          "18446744073709551615", "99999999999999999999"}) {
    const Answer answer =
        server_.call("POST", "/api/v1/user-token",
                     {.api_key = site_.api_key,
                      .raw_body = std::string(R"({"external_id":"a","ttl":)") + ttl + "}"});
    EXPECT_EQ(answer.summary(), "400 invalid_request /ttl") << ttl;
  }
  EXPECT_FALSE(user("a"));
}

TEST_F(UserToken, RefusesExternalIdsThatBreakTheRules) {
  for (const std::string& id :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("a\\b"),
        std::string("a?b"), std::string("a#b"), std::string("a%b"), std::string(" a"),
        std::string("a "), std::string("a\nb"), std::string("a\x7f"), std::string("a\xC2\x85"),
        std::string(256, 'a')}) {
    EXPECT_EQ(post({{"external_id", id}}).summary(), "400 invalid_external_id") << id;
  }
  EXPECT_EQ(post({{"external_id", 7}}).summary(), "400 invalid_request /external_id");
  EXPECT_EQ(post(Json::object()).summary(), "400 invalid_request /external_id");
}

TEST_F(UserToken, TakesExternalIdsByteByByte) {
  for (const std::string& id :
       {std::string("a"), std::string("A"), std::string("' OR 1=1 --"), std::string("_"),
        std::string("a b"), std::string("..."), std::string("\xF0\x9F\x94\x91"), std::string("..a"),
        std::string(255, 'x')}) {
    EXPECT_EQ(post({{"external_id", id}}).status, 200) << id;
    ASSERT_TRUE(user(id));
    EXPECT_EQ(user(id)->external_id, id);
  }
  EXPECT_NE(user("a")->handle, user("A")->handle);
}

TEST_F(UserToken, RefusesNamesThatBreakTheRules) {
  for (const char* member : {"display_name", "username"}) {
    const std::string expected = std::string("400 invalid_request /") + member;
    EXPECT_EQ(post({{"external_id", "a"}, {member, std::string(256, 'x')}}).status, 200);
    EXPECT_EQ(post({{"external_id", "a"}, {member, std::string(257, 'x')}}).summary(), expected);
    EXPECT_EQ(post({{"external_id", "a"}, {member, "a\tb"}}).summary(), expected);
    EXPECT_EQ(post({{"external_id", "a"}, {member, 1}}).summary(), expected);
    EXPECT_EQ(post({{"external_id", "a"}, {member, nullptr}}).summary(), expected);
  }
}

TEST_F(UserToken, IsNotIssuedForADisabledUser) {
  EXPECT_EQ(post({{"external_id", "alice"}}).status, 200);
  server_.set_user_enabled(site_, "alice", false);
  EXPECT_EQ(post({{"external_id", "alice"}}).summary(), "403 user_disabled");
  EXPECT_EQ(post({{"external_id", "alice"}, {"display_name", "New"}}).summary(),
            "403 user_disabled");
  EXPECT_EQ(user("alice")->display_name, "");
}

TEST_F(UserToken, BelongsToItsTenantAlone) {
  const Site other = server_.add_site("example.org");
  EXPECT_EQ(post({{"external_id", "alice"}, {"display_name", "One"}}).status, 200);
  EXPECT_EQ(server_
                .call("POST", "/api/v1/user-token",
                      {.api_key = other.api_key,
                       .json = Json{{"external_id", "alice"}, {"display_name", "Two"}}})
                .status,
            200);
  EXPECT_EQ(user("alice")->display_name, "One");
}

TEST_F(UserToken, CountsItsExpiryAtBegin) {
  const std::string token = server_.user_token(site_, "alice", 30);
  server_.clock.advance(29'999);
  EXPECT_EQ(server_.begin_registration(site_, token).summary(), "200");
  server_.clock.advance(1);
  EXPECT_EQ(server_.begin_registration(site_, token).summary(), "401 token_expired");
}

TEST_F(UserToken, LetsAFinishThroughWhileTheCeremonyLasts) {
  const std::string token = server_.user_token(site_, "alice", 30);
  server_.clock.advance(29'000);
  const Answer begun = server_.begin_registration(site_, token);
  server_.clock.advance(299'999);
  EXPECT_EQ(server_.finish_registration(site_, token, begun).first.summary(), "200");
}

TEST_F(UserToken, IsAuditedWithTheUserAsADigest) {
  EXPECT_EQ(post({{"external_id", "alice@example.com"}, {"display_name", "Alice"}}).status, 200);
  const auto entries = server_.audit(site_, "user.created");
  ASSERT_EQ(entries.size(), 1U);
  const AuditEntry& entry = entries[0];
  EXPECT_EQ(entry.sequence, 1U);
  EXPECT_EQ(entry.subject, audit_subject(site_.id, *user("alice@example.com")));
  const Json body = Json::parse(as_text(entry.body));
  EXPECT_EQ(body.at("address"), "192.0.2.0/24");
  EXPECT_EQ(body.dump().find("alice"), std::string::npos);
  EXPECT_EQ(body.dump().find("bvsk_"), std::string::npos);
}

}  // namespace
}  // namespace masterkey2::testing
