// The member `signal` of a sign-in: what browsers are told of passkeys that are there, or gone.
#include <gtest/gtest.h>

#include "encoding/base64url.hpp"
#include "fcgi/problem.hpp"
#include "masterkey2/limits.hpp"
#include "service/rollback_guard.hpp"
#include "tests/fcgi/handlers/cross_device_fixture.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

using support::CeremonyAnswer;
using support::VirtualCredential;

constexpr UnixMillis kThirtyDays = 30LL * 86'400'000;

std::string text_of(const Bytes& bytes) { return base64url_encode(bytes); }

class Signal : public ::testing::Test {
 protected:
  Answer finish(const VirtualCredential& passkey, const EditAnswer& edit = {}) {
    return finish_at(site_, passkey, nullptr, edit);
  }
  Answer finish_at(const Site& site, const VirtualCredential& passkey, const Json& body = nullptr,
                   const EditAnswer& edit = {}) {
    const std::string token = server_.session_token(site, body);
    return server_.finish_authentication(site, token, server_.begin_authentication(site, token),
                                         passkey, edit);
  }
  void put_user(const Json& body) {
    ASSERT_EQ(
        server_.call("POST", "/api/v1/user-token", {.api_key = site_.api_key, .json = body}).status,
        200);
  }
  void erase(const Site& site, const VirtualCredential& passkey) {
    ASSERT_EQ(server_
                  .call("DELETE", "/api/v1/users/alice/credentials/" + text_of(passkey.id),
                        {.api_key = site.api_key})
                  .status,
              200);
  }
  /// As after `masterkey2ctl storage post-restore`, seen by this process.
  void restore() {
    ASSERT_TRUE(accept_restored_storage(server_.store(), server_.folder / "storage_anchor.json",
                                        server_.clock.now()));
    ASSERT_TRUE(server_.services->installation.refresh());
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const VirtualCredential unknown_ =
      VirtualCredential::create(webauthn::kEs256, passkey_.user_handle);
};

TEST_F(Signal, NamesTheUserAndAllTheirPasskeysAfterASignIn) {
  const auto second = server_.register_passkey(site_, "alice");
  static_cast<void>(server_.register_passkey(site_, "bob"));
  const Answer answer = finish(passkey_);
  ASSERT_EQ(answer.summary(), "200");
  EXPECT_EQ(answer.body.at("signal"),
            (Json{{"user_id", answer.body.at("user").at("id")},
                  {"accepted_credential_ids", {text_of(passkey_.id), text_of(second.id)}},
                  {"name", "Site example.com"},
                  {"display_name", "Site example.com"}}));
  erase(site_, second);
  EXPECT_EQ(finish(passkey_).body.at("signal").at("accepted_credential_ids"),
            (Json{text_of(passkey_.id)}));
}

TEST_F(Signal, HasTheNamesThatARegistrationWouldHave) {
  put_user(
      {{"external_id", "alice"}, {"username", "alice@example.com"}, {"display_name", "Alice"}});
  const Answer begun = server_.begin_registration(site_, server_.user_token(site_, "alice"));
  const Json& named = begun.body.at("publicKey").at("user");
  const Json signal = finish(passkey_).body.at("signal");
  EXPECT_EQ(signal.at("name"), named.at("name"));
  EXPECT_EQ(signal.at("display_name"), named.at("displayName"));
  EXPECT_EQ(signal.at("user_id"), named.at("id"));
  EXPECT_EQ(signal.at("name"), "alice@example.com");
  EXPECT_EQ(signal.at("display_name"), "Alice");
}

TEST_F(Signal, TellsOfAnUnknownPasskeyTheIdThatTheClientSentAndNoMore) {
  erase(site_, passkey_);
  for (const auto* passkey : {&passkey_, &unknown_}) {
    const Answer answer = finish(*passkey);
    EXPECT_EQ(answer.summary(), "404 credential_not_found");
    EXPECT_EQ(answer.body.at("signal"), (Json{{"unknown_credential_id", text_of(passkey->id)}}));
  }
}

TEST_F(Signal, IsSilentBeforeOriginChallengeAndRpIdWereRight) {
  for (const auto* passkey : {&passkey_, &unknown_}) {
    for (const EditAnswer& edit : std::vector<EditAnswer>{
             [](CeremonyAnswer& answer) { answer.origin = "https://example.org"; },
             [](CeremonyAnswer& answer) { answer.challenge[0] ^= 1; },
             [](CeremonyAnswer& answer) { answer.rp_id = "example.org"; }}) {
      const Answer answer = finish(*passkey, edit);
      EXPECT_EQ(answer.code(), "verification_failed");
      EXPECT_FALSE(answer.body.contains("signal"));
    }
  }
}

TEST_F(Signal, IsSilentAfterABadSignatureAndOfADisabledUser) {
  VirtualCredential impostor = unknown_;
  impostor.id = passkey_.id;
  EXPECT_FALSE(finish(impostor).body.contains("signal"));
  server_.set_user_enabled(site_, "alice", false);
  const Answer disabled = finish(passkey_);
  EXPECT_EQ(disabled.code(), "user_disabled");
  EXPECT_FALSE(disabled.body.contains("signal"));
}

TEST_F(Signal, SaysNothingOfAnotherUsersPasskeyWhereOneIsNamed) {
  const auto others = server_.register_passkey(site_, "bob");
  const Json named = {{"external_id", "alice"}};
  for (const auto* passkey : {&others, &unknown_}) {
    const Answer answer = finish_at(site_, *passkey, named);
    EXPECT_EQ(answer.code(), "credential_not_found");
    EXPECT_FALSE(answer.body.contains("signal"));
  }
  EXPECT_TRUE(finish_at(site_, passkey_, named).body.contains("signal"));
}

TEST_F(Signal, SaysNothingOfUnknownPasskeysUnderAnRpIdThatTenantsShare) {
  const Site one = server_.add_site("localhost");
  const Site two = server_.add_site("localhost");
  const auto others = server_.register_passkey(two, "carol");
  const Answer answer = finish_at(one, others);
  EXPECT_EQ(answer.code(), "credential_not_found");
  EXPECT_FALSE(answer.body.contains("signal"));
  EXPECT_EQ(finish_at(two, others).body.at("signal").at("accepted_credential_ids"),
            (Json{text_of(others.id)}));
}

TEST_F(Signal, IsSilentWhereTheTenantDoesNotWantIt) {
  server_.change_settings(site_, [](TenantSettings& settings) { settings.signal = false; });
  const Answer signed_in = finish(passkey_);
  ASSERT_EQ(signed_in.summary(), "200");
  EXPECT_FALSE(signed_in.body.contains("signal"));
  EXPECT_FALSE(finish(unknown_).body.contains("signal"));
}

TEST_F(Signal, IsSilentForThirtyDaysAfterARestore) {
  restore();
  const auto is_told = [&] {
    const bool of_a_sign_in = finish(passkey_).body.contains("signal");
    EXPECT_EQ(finish(unknown_).body.contains("signal"), of_a_sign_in);
    return of_a_sign_in;
  };
  EXPECT_FALSE(is_told());
  server_.clock.advance(kThirtyDays - 1);
  EXPECT_FALSE(is_told());
  ASSERT_TRUE(server_.services->installation.refresh());
  EXPECT_FALSE(is_told());
  server_.clock.advance(1);
  EXPECT_TRUE(is_told());
  server_.clock.advance(-kThirtyDays);  // a clock that was put back shows no end of it
  EXPECT_FALSE(is_told());
}

TEST_F(Signal, IsSilentOnceAnAnswerOfStorageShowsAnotherEpoch) {
  // Another process restores; this one has not looked since.
  ASSERT_EQ(server_.store().raise_epoch(1, server_.clock.now()).value(), Outcome::kDone);
  EXPECT_FALSE(finish(passkey_).body.contains("signal"));
  server_.clock.advance(kThirtyDays - 1);
  EXPECT_FALSE(finish(passkey_).body.contains("signal"));
}

TEST_F(Signal, IsSilentWhileNobodyHasLookedForARestore) {
  InstallationHolder fresh(server_.store(), server_.clock, "");
  EXPECT_FALSE(fresh.rows_are_complete());
  fresh.observe(1);
  EXPECT_FALSE(fresh.rows_are_complete());
  ASSERT_TRUE(fresh.refresh());
  EXPECT_TRUE(fresh.rows_are_complete());
}

TEST_F(Signal, TellsNoPartOfALongList) {
  const auto add = [&](std::uint8_t number) {
    CommitRegistration commit;
    commit.guard = {.tenant = site_.id, .now = server_.clock.now()};
    commit.ceremony = commit.user_token = {.id = {}, .keep_until = server_.clock.now()};
    commit.ceremony.id = system_random().identifier<TokenId>();
    commit.user_token.id = system_random().identifier<TokenId>();
    commit.credential = server_.store().find_user(site_.id, "alice", true)->credentials.at(0);
    commit.credential.id.assign(kMaxCredentialIdSize, number);
    AuditDraft audit = server_.services->audit.draft(site_.id, {}, 1, {.type = "test"});
    commit.audit = audit.entry();
    ASSERT_EQ(server_.store().commit_registration(commit).value(), Outcome::kDone);
    audit.stored();
  };
  for (std::uint8_t number = 1; number <= 15; ++number) add(number);
  EXPECT_EQ(finish(passkey_).body.at("signal").at("accepted_credential_ids").size(), 16U);
  for (std::uint8_t number = 16; number <= 17; ++number) add(number);
  const Json signal = finish(passkey_).body.at("signal");
  EXPECT_FALSE(signal.contains("accepted_credential_ids"));
  EXPECT_TRUE(signal.contains("name"));
}

TEST_F(CrossDeviceTest, SignalsToNeitherSide) {
  const auto unknown = VirtualCredential::create(webauthn::kEs256, passkey_.user_handle);
  const Code code = begin();
  const Answer claimed = claim(code);
  const Answer refused = finish(claimed, signed_body(claimed, unknown));
  EXPECT_EQ(refused.code(), "credential_not_found");
  EXPECT_FALSE(refused.body.contains("signal"));
  const Answer done = finish(claimed);
  ASSERT_EQ(done.status, 200);
  EXPECT_FALSE(done.body.contains("signal"));
  EXPECT_FALSE(confirm(code, done.body.at("code")).body.contains("signal"));
  const Answer completed = status(code);
  EXPECT_TRUE(completed.body.contains("auth_token"));
  EXPECT_FALSE(completed.body.contains("signal"));
}

TEST(SignalOfAProblem, IsWrittenOnlyWithAnId) {
  ApiError error{.code = ErrorCode::kCredentialNotFound};
  EXPECT_EQ(make_problem(error, "r").body.find("signal"), std::string::npos);
  error.unknown_credential = "AAEC";
  EXPECT_NE(make_problem(error, "r").body.find(R"("signal":{"unknown_credential_id":"AAEC"})"),
            std::string::npos);
}

}  // namespace
}  // namespace masterkey2::testing
