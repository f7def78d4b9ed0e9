#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

using support::CeremonyAnswer;
using support::VirtualCredential;

class Authentication : public ::testing::Test {
 protected:
  Answer begin() { return server_.begin_authentication(site_, token_); }
  Answer finish(const Answer& begun, const VirtualCredential& passkey,
                const EditAnswer& edit = {}) {
    return server_.finish_authentication(site_, token_, begun, passkey, edit);
  }
  /// Begin and finish.
  Answer run(const EditAnswer& edit = {}) { return finish(begin(), passkey_, edit); }
  CredentialRecord record() {
    return server_.store().find_user(site_.id, "alice", true)->credentials.at(0);
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string token_ = server_.session_token(site_);
};

TEST_F(Authentication, Step1GivesTheBrowserItsOptions) {
  const Answer begun = begin();
  ASSERT_EQ(begun.status, 200);
  EXPECT_EQ(begun.body.at("expires_in"), 300);
  EXPECT_EQ(begun.body.at("client"),
            (Json{{"rp_id", "example.com"}, {"name", "Site example.com"}, {"cross_device", true}}));
  const Json& options = begun.body.at("publicKey");
  EXPECT_EQ(options.at("rpId"), "example.com");
  EXPECT_EQ(options.at("allowCredentials"), Json::array());
  EXPECT_EQ(options.at("userVerification"), "required");
  EXPECT_EQ(options.at("timeout"), 120'000);
  EXPECT_EQ(base64url_decode(options.at("challenge").get<std::string>())->size(), 32U);
}

TEST_F(Authentication, DrawsAnotherChallengeEachTime) {
  EXPECT_NE(begin().body.at("publicKey").at("challenge"),
            begin().body.at("publicKey").at("challenge"));
}

TEST_F(Authentication, Step25SignsTheUserIn) {
  const Answer answer = run();
  ASSERT_EQ(answer.summary(), "200");
  const auto user = server_.store().find_user(site_.id, "alice", false)->user;
  EXPECT_EQ(answer.body.at("user"),
            (Json{{"id", base64url_encode(user->handle.view())}, {"external_id", "alice"}}));
  EXPECT_TRUE(answer.body.at("auth_token").get<std::string>().starts_with("mk2a_"));
  EXPECT_EQ(answer.body.at("expires_in"), 120);
}

TEST_F(Authentication, NamesTheDisplayNameWhereThereIsOne) {
  ASSERT_EQ(server_
                .call("POST", "/api/v1/user-token",
                      {.api_key = site_.api_key,
                       .json = Json{{"external_id", "alice"}, {"display_name", "Alice L."}}})
                .status,
            200);
  EXPECT_EQ(run().body.at("user").at("display_name"), "Alice L.");
}

TEST_F(Authentication, IsOneReadToBeginAndOneReadAndOneCommitToFinish) {
  ASSERT_EQ(run().status, 200);
  server_.storage->reset_counts();
  const Answer begun = begin();
  EXPECT_EQ(server_.storage->reads(), 1);
  EXPECT_EQ(server_.storage->writes(), 0);
  server_.storage->reset_counts();
  EXPECT_EQ(finish(begun, passkey_).status, 200);
  EXPECT_EQ(server_.storage->reads(), 1);
  EXPECT_EQ(server_.storage->writes(), 1);
}

TEST_F(Authentication, Step1RefusesAUsedCeremony) {
  const Answer begun = begin();
  EXPECT_EQ(finish(begun, passkey_).summary(), "200");
  EXPECT_EQ(finish(begun, passkey_).summary(), "409 ceremony_used");
  server_.clock.advance(299'000);
  EXPECT_EQ(finish(begun, passkey_).summary(), "409 ceremony_used");
  server_.clock.advance(2'000);
  EXPECT_EQ(finish(begun, passkey_).summary(), "410 ceremony_expired");
}

TEST_F(Authentication, RemembersAUsedCeremonyAcrossPurgesWhileItLives) {
  const Answer begun = begin();
  EXPECT_EQ(finish(begun, passkey_).summary(), "200");
  server_.clock.advance(299'000);
  ASSERT_TRUE(server_.store().purge_expired(server_.clock.now(), 1'000));
  EXPECT_EQ(finish(begun, passkey_).summary(), "409 ceremony_used");
}

TEST_F(Authentication, Step1RefusesACeremonyAfter5Minutes) {
  const Answer begun = begin();
  const Answer other = begin();
  server_.clock.advance(299'999);
  EXPECT_EQ(finish(begun, passkey_).summary(), "200");
  server_.clock.advance(1);
  EXPECT_EQ(finish(other, passkey_).summary(), "410 ceremony_expired");
}

TEST_F(Authentication, Step25RefusesToSignInAfterAnyFailure) {
  struct Case {
    const char* reason;
    EditAnswer edit;
  };
  const Case cases[] = {
      {"challenge_mismatch", [](CeremonyAnswer& answer) { answer.challenge[31] ^= 1; }},
      {"challenge_mismatch", [](CeremonyAnswer& answer) { answer.challenge.clear(); }},
      {"origin_mismatch", [](CeremonyAnswer& answer) { answer.origin = "http://example.com"; }},
      {"rp_id_mismatch", [](CeremonyAnswer& answer) { answer.rp_id = "com"; }},
      {"user_verification_missing", [](CeremonyAnswer& answer) { answer.flags = 0x19; }},
      {"user_presence_missing", [](CeremonyAnswer& answer) { answer.flags = 0x1C; }},
      {"bad_backup_flags", [](CeremonyAnswer& answer) { answer.flags = 0x15; }},
      {"cross_origin_not_allowed", [](CeremonyAnswer& answer) { answer.cross_origin = true; }},
  };
  for (const Case& bad : cases) {
    server_.storage->reset_counts();
    EXPECT_EQ(run(bad.edit).summary(), std::string("422 verification_failed ") + bad.reason);
    EXPECT_EQ(server_.storage->writes(), 0);
  }
  EXPECT_EQ(record().last_used_at, 0);
}

TEST_F(Authentication, RefusesEveryFlippedBitOfTheSignatureAndTheAuthenticatorData) {
  const Answer begun = begin();
  const Json good = TestServer::assertion_body(site_, begun, passkey_);
  for (const char* part : {"signature", "authenticatorData"}) {
    const Bytes bytes =
        base64url_decode(good["credential"]["response"][part].get<std::string>()).value();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      Bytes changed = bytes;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1U << (i % 8)));
      Json body = good;
      body["credential"]["response"][part] = base64url_encode(changed);
      const Answer answer = server_.call("POST", "/api/v1/finish_authentication",
                                         {.bearer = token_, .origin = site_.origin, .json = body});
      ASSERT_EQ(answer.status, 422) << part << " byte " << i << ": " << answer.summary();
    }
  }
  EXPECT_EQ(finish(begun, passkey_).summary(), "200");
}

TEST_F(Authentication, Step6RefusesUnknownForeignAndDeletedCredentialsAlike) {
  const auto unknown = VirtualCredential::create(webauthn::kEs256, passkey_.user_handle);
  const Site other = server_.add_site("example.org");
  const auto foreign = server_.register_passkey(other, "alice");
  const auto deleted = server_.register_passkey(site_, "alice");
  const auto audit = server_.services->audit.draft(site_.id, {}, 1, {.type = "test"});
  ASSERT_EQ(server_.store()
                .erase_credential(Guard{.tenant = site_.id, .now = server_.clock.now()}, "alice",
                                  deleted.id, audit.entry())
                .value(),
            Outcome::kDone);
  Json first;
  for (const VirtualCredential* passkey : {&unknown, &foreign, &deleted}) {
    server_.storage->reset_counts();
    Answer answer = finish(begin(), *passkey);
    EXPECT_EQ(answer.summary(), "404 credential_not_found");
    EXPECT_EQ(server_.storage->writes(), 0);
    EXPECT_EQ(answer.body.at("signal"),
              (Json{{"unknown_credential_id", base64url_encode(passkey->id)}}));
    for (const char* own : {"request_id", "signal"}) answer.body.erase(own);
    if (first.is_null()) first = answer.body;
    EXPECT_EQ(answer.body, first);
  }
}

TEST_F(Authentication, TellsNothingOfCredentialsToAWrongOriginOrChallenge) {
  const auto unknown = VirtualCredential::create(webauthn::kEs256, passkey_.user_handle);
  for (const auto* passkey : {&unknown, &passkey_}) {
    EXPECT_EQ(finish(begin(), *passkey,
                     [](CeremonyAnswer& answer) { answer.origin = "https://example.org"; })
                  .summary(),
              "422 verification_failed origin_mismatch");
    EXPECT_EQ(finish(begin(), *passkey, [](CeremonyAnswer& answer) { answer.challenge[0] ^= 1; })
                  .summary(),
              "422 verification_failed challenge_mismatch");
  }
}

TEST_F(Authentication, TellsThatAUserIsDisabledOnlyAfterAGoodSignature) {
  const Answer begun = begin();
  server_.set_user_enabled(site_, "alice", false);
  const auto impostor = [&] {
    auto copy = VirtualCredential::create(webauthn::kEs256, passkey_.user_handle);
    copy.id = passkey_.id;
    return copy;
  }();
  EXPECT_EQ(finish(begun, impostor).summary(), "422 verification_failed bad_signature");
  EXPECT_TRUE(server_.audit(site_, "sign_in.refused").empty());
  EXPECT_EQ(finish(begun, passkey_).summary(), "403 user_disabled");
  EXPECT_EQ(server_.audit(site_, "sign_in.refused").size(), 1U);
  server_.set_user_enabled(site_, "alice", true);
  EXPECT_EQ(finish(begun, passkey_).summary(), "200");
}

TEST_F(Authentication, LosesAgainstADisablingInTheMiddle) {
  const Answer begun = begin();
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    if (call == "commit_sign_in") server_.set_user_enabled(site_, "alice", false);
    return std::nullopt;
  };
  EXPECT_EQ(finish(begun, passkey_).summary(), "403 user_disabled");
}

TEST_F(Authentication, LosesAgainstAnErasureInTheMiddle) {
  const Answer begun = begin();
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    if (call == "commit_sign_in") server_.erase_user(site_, "alice");
    return std::nullopt;
  };
  EXPECT_EQ(finish(begun, passkey_).summary(), "404 credential_not_found");
}

TEST_F(Authentication, EndsWithTheUser) {
  const Answer begun = begin();
  server_.erase_user(site_, "alice");
  EXPECT_EQ(finish(begun, passkey_).summary(), "404 credential_not_found");
}

TEST_F(Authentication, GoesOnAfterAChangeOfTheTenantInTheMiddle) {
  const Answer begun = begin();
  int changes = 0;
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    if (call == "commit_sign_in" && ++changes <= 2) {
      server_.change_settings(site_, [&](TenantSettings& settings) {
        settings.rp_name = "Name " + std::to_string(changes);
      });
    }
    return std::nullopt;
  };
  EXPECT_EQ(finish(begun, passkey_).summary(), "200");
  EXPECT_EQ(changes, 3);
}

TEST_F(Authentication, ObeysAnOriginThatIsTakenAwayInTheMiddle) {
  const Answer begun = begin();
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    if (call == "commit_sign_in") {
      server_.change_settings(
          site_, [](TenantSettings& settings) { settings.origins = {"https://new.example.com"}; });
    }
    return std::nullopt;
  };
  EXPECT_EQ(finish(begun, passkey_).summary(), "403 origin_not_allowed");
}

TEST_F(Authentication, TriesAgainAfterAConflictAndGivesUpAfterFive) {
  int conflicts = 4;
  int calls = 0;
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    if (call != "commit_sign_in") return std::nullopt;
    ++calls;
    if (conflicts-- > 0) return StorageError{StorageErrorCode::kConflict, "lost"};
    return std::nullopt;
  };
  EXPECT_EQ(run().summary(), "200");
  EXPECT_EQ(calls, 5);
  calls = 0;
  conflicts = 5;
  const Answer answer = run();
  EXPECT_EQ(answer.summary(), "503 overloaded");
  EXPECT_EQ(calls, 5);
}

TEST_F(Authentication, FailsClosedWithoutStorage) {
  const Answer begun = begin();
  server_.storage->hook = [](std::string_view) -> std::optional<StorageError> {
    return StorageError{StorageErrorCode::kUnavailable, "secret host name"};
  };
  const Answer answer = finish(begun, passkey_);
  EXPECT_EQ(answer.summary(), "503 storage_unavailable");
  EXPECT_EQ(answer.http.body.find("secret host name"), std::string::npos);
  EXPECT_EQ(answer.log.detail, "secret host name");
  const auto retry = std::find_if(answer.http.headers.begin(), answer.http.headers.end(),
                                  [](const auto& header) { return header.first == "Retry-After"; });
  EXPECT_NE(retry, answer.http.headers.end());
}

TEST_F(Authentication, AnswersInternalForABugOfThePlugin) {
  const Answer begun = begin();
  server_.storage->hook = [](std::string_view) -> std::optional<StorageError> {
    return StorageError{StorageErrorCode::kInternal, "a bug"};
  };
  EXPECT_EQ(finish(begun, passkey_).summary(), "500 internal");
}

TEST_F(Authentication, Step24UpdatesTheCredentialRecord) {
  EXPECT_EQ(run([](CeremonyAnswer& answer) {
              answer.sign_count = 7;
              answer.flags = 0x0D;  // no longer backed up
            }).summary(),
            "200");
  const CredentialRecord updated = record();
  EXPECT_EQ(updated.sign_count, 7U);
  EXPECT_FALSE(updated.backup_state);
  EXPECT_TRUE(updated.backup_eligible);
  EXPECT_EQ(updated.last_used_at, server_.clock.now());
  EXPECT_FALSE(updated.counter_suspect);
}

TEST_F(Authentication, Step24RefusesToUpdateAnythingAfterAFailure) {
  const CredentialRecord before = record();
  EXPECT_EQ(run([](CeremonyAnswer& answer) {
              answer.sign_count = 7;
              answer.flags = 0x09;  // neither verified nor backed up
            }).summary(),
            "422 verification_failed user_verification_missing");
  EXPECT_EQ(record(), before);
}

TEST_F(Authentication, Step24RefusesToLowerTheCounter) {
  const auto count = [&](std::uint32_t value) {
    return run([value](CeremonyAnswer& answer) { answer.sign_count = value; }).summary();
  };
  EXPECT_EQ(count(10), "200");
  EXPECT_EQ(count(10), "200");
  EXPECT_TRUE(record().counter_suspect);
  EXPECT_EQ(record().sign_count, 10U);
  EXPECT_EQ(count(3), "200");
  EXPECT_EQ(record().sign_count, 10U);
  EXPECT_EQ(count(11), "200");
  EXPECT_EQ(record().sign_count, 11U);
}

TEST_F(Authentication, RefusesACounterThatDoesNotGrowWhereTheTenantSaysSo) {
  server_.change_settings(site_, [](TenantSettings& settings) {
    settings.counter_policy = webauthn::CounterPolicy::kRefuse;
  });
  const auto count = [&](std::uint32_t value) {
    return run([value](CeremonyAnswer& answer) { answer.sign_count = value; }).summary();
  };
  EXPECT_EQ(count(10), "200");
  EXPECT_EQ(count(10), "422 verification_failed counter_regression");
  EXPECT_EQ(count(9), "422 verification_failed counter_regression");
  EXPECT_EQ(count(11), "200");
}

TEST_F(Authentication, LetsZeroCountersBe) {
  EXPECT_EQ(run().summary(), "200");
  EXPECT_EQ(run().summary(), "200");
  EXPECT_FALSE(record().counter_suspect);
}

TEST_F(Authentication, Step1RefusesTheCeremonyOfAnotherToken) {
  const Answer begun = begin();
  const std::string other = server_.session_token(site_);
  EXPECT_EQ(server_.finish_authentication(site_, other, begun, passkey_).summary(),
            "401 invalid_token");
  const Site foreign = server_.add_site("example.org");
  EXPECT_EQ(server_.finish_authentication(foreign, server_.session_token(foreign), begun, passkey_)
                .summary(),
            "401 invalid_token");
}

TEST_F(Authentication, Step1RefusesARegistrationAndTheOtherWayRound) {
  const std::string user_token = server_.user_token(site_, "alice");
  const Answer registration = server_.begin_registration(site_, user_token);
  Json body = TestServer::assertion_body(site_, begin(), passkey_);
  body["ceremony"] = registration.body.at("ceremony");
  EXPECT_EQ(server_
                .call("POST", "/api/v1/finish_authentication",
                      {.bearer = token_, .origin = site_.origin, .json = body})
                .summary(),
            "401 invalid_token");
  body = TestServer::attestation_body(site_, registration, passkey_);
  body["ceremony"] = begin().body.at("ceremony");
  EXPECT_EQ(server_
                .call("POST", "/api/v1/finish_registration",
                      {.bearer = user_token, .origin = site_.origin, .json = body})
                .summary(),
            "401 invalid_token");
}

TEST_F(Authentication, TakesNoOtherTokenForTheCeremony) {
  Json body = TestServer::assertion_body(site_, begin(), passkey_);
  for (const std::string& text : {token_, server_.user_token(site_, "alice")}) {
    body["ceremony"] = text;
    EXPECT_EQ(server_
                  .call("POST", "/api/v1/finish_authentication",
                        {.bearer = token_, .origin = site_.origin, .json = body})
                  .summary(),
              "401 wrong_token_type");
  }
  for (const char* text : {"", "mk2c_", "mk2c_AAAA", "x", site_.api_key.c_str()}) {
    body["ceremony"] = text;
    EXPECT_EQ(server_
                  .call("POST", "/api/v1/finish_authentication",
                        {.bearer = token_, .origin = site_.origin, .json = body})
                  .summary(),
              "401 invalid_token");
  }
}

TEST_F(Authentication, NeverOpensACeremonyWithAnyByteChanged) {
  const Json good = TestServer::assertion_body(site_, begin(), passkey_);
  const auto text = good.at("ceremony").get<std::string>();
  for (std::size_t i = 0; i < text.size(); ++i) {
    Json body = good;
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    body["ceremony"] = changed;
    ASSERT_EQ(server_
                  .call("POST", "/api/v1/finish_authentication",
                        {.bearer = token_, .origin = site_.origin, .json = body})
                  .summary(),
              "401 invalid_token")
        << "byte " << i;
  }
}

TEST_F(Authentication, ListsThePasskeysOfANamedUserAndDemandsOne) {
  const auto bob = server_.register_passkey(site_, "bob");
  const std::string token = server_.session_token(site_, {{"external_id", "alice"}});
  const Answer begun = server_.begin_authentication(site_, token);
  const Json& allowed = begun.body.at("publicKey").at("allowCredentials");
  ASSERT_EQ(allowed.size(), 1U);
  EXPECT_EQ(allowed[0].at("id"), base64url_encode(passkey_.id));

  EXPECT_EQ(server_.finish_authentication(site_, token, begun, bob).summary(),
            "404 credential_not_found");
  EXPECT_EQ(
      server_
          .finish_authentication(site_, token, begun, passkey_,
                                 [](CeremonyAnswer& answer) { answer.with_user_handle = false; })
          .summary(),
      "200");
}

TEST_F(Authentication, NeedsTheUserHandleWhereNobodyWasNamed) {
  EXPECT_EQ(run([](CeremonyAnswer& answer) { answer.with_user_handle = false; }).status, 422);
}

TEST_F(Authentication, TellsANamedUserThatThereIsNoPasskey) {
  static_cast<void>(server_.user_token(site_, "carol"));
  const std::string token = server_.session_token(site_, {{"external_id", "carol"}});
  EXPECT_EQ(server_.begin_authentication(site_, token).summary(), "404 credential_not_found");
  server_.erase_user(site_, "carol");
  EXPECT_EQ(server_.begin_authentication(site_, token).summary(), "404 user_not_found");
}

TEST_F(Authentication, PutsTheSitesNonceIntoTheChallenge) {
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.proof_forwarding = true; });
  const Bytes nonce(16, 0x42);
  const std::string token =
      server_.session_token(site_, {{"challenge_nonce", base64url_encode(nonce)}});
  const Answer begun = server_.begin_authentication(site_, token);
  const Answer finished = server_.finish_authentication(site_, token, begun, passkey_);
  ASSERT_EQ(finished.summary(), "200");
  const Answer verified = server_.verify(site_, {{"token", finished.body.at("auth_token")}});
  const Bytes salt =
      base64url_decode(verified.body.at("proof").at("challenge_salt").get<std::string>()).value();
  EXPECT_EQ(salt.size(), 32U);
  EXPECT_EQ(begun.body.at("publicKey").at("challenge"),
            base64url_encode(sha256({as_bytes("mk2"), nonce, salt}).view()));
}

TEST_F(Authentication, StoresNoProofUnlessTheTenantForwardsThem) {
  const std::string auth_token = server_.sign_in(site_, token_, passkey_);
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.proof_forwarding = true; });
  const Answer verified = server_.verify(site_, {{"token", auth_token}});
  EXPECT_EQ(verified.body.at("verified"), true);
  EXPECT_FALSE(verified.body.contains("proof"));
}

}  // namespace
}  // namespace masterkey2::testing
