#include <gtest/gtest.h>

#include "encoding/base64url.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

using support::CeremonyAnswer;

class Registration : public ::testing::Test {
 protected:
  Answer finish(const Answer& begun, const EditAnswer& edit = {}) {
    return server_.finish_registration(site_, token_, begun, edit).first;
  }
  std::vector<CredentialRecord> passkeys(const std::string& external_id = "alice") {
    return server_.store().find_user(site_.id, external_id, true)->credentials;
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const std::string token_ = server_.user_token(site_, "alice");
};

TEST_F(Registration, Step1GivesTheBrowserItsOptions) {
  const Answer begun = server_.begin_registration(site_, token_);
  ASSERT_EQ(begun.status, 200);
  EXPECT_EQ(begun.body.at("expires_in"), 300);
  EXPECT_TRUE(begun.body.at("ceremony").get<std::string>().starts_with("mk2c_"));
  const Json& options = begun.body.at("publicKey");
  EXPECT_EQ(options.at("rp"), (Json{{"id", "example.com"}, {"name", "Site example.com"}}));
  const auto user = server_.store().find_user(site_.id, "alice", false)->user;
  EXPECT_EQ(options.at("user"), (Json{{"id", base64url_encode(user->handle.view())},
                                      {"name", "Site example.com"},
                                      {"displayName", "Site example.com"}}));
  EXPECT_EQ(base64url_decode(options.at("challenge").get<std::string>())->size(), 32U);
  EXPECT_EQ(options.at("pubKeyCredParams"), Json::parse(R"([
      {"type":"public-key","alg":-7},{"type":"public-key","alg":-8},
      {"type":"public-key","alg":-257}])"));
  EXPECT_EQ(options.at("timeout"), 120'000);
  EXPECT_EQ(options.at("excludeCredentials"), Json::array());
  EXPECT_EQ(options.at("authenticatorSelection"), (Json{{"residentKey", "required"},
                                                        {"requireResidentKey", true},
                                                        {"userVerification", "required"}}));
  EXPECT_EQ(options.at("attestation"), "none");
  EXPECT_EQ(options.at("extensions"), (Json{{"credProps", true}}));
}

TEST_F(Registration, NamesTheAccountByUsernameThenDisplayName) {
  const auto name_after = [&](Json body) {
    body["external_id"] = "bob";
    const Answer issued =
        server_.call("POST", "/api/v1/user-token", {.api_key = site_.api_key, .json = body});
    return server_.begin_registration(site_, issued.body.at("user_token"))
        .body.at("publicKey")
        .at("user");
  };
  Json user = name_after({{"display_name", "Bob B."}});
  EXPECT_EQ(user.at("name"), "Bob B.");
  user = name_after({{"username", "bob"}});
  EXPECT_EQ(user.at("name"), "bob");
  EXPECT_EQ(user.at("displayName"), "Bob B.");
}

TEST_F(Registration, OffersEs256AloneWhileProofsAreForwarded) {
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.proof_forwarding = true; });
  const Answer begun = server_.begin_registration(site_, token_);
  EXPECT_EQ(begun.body.at("publicKey").at("pubKeyCredParams"),
            Json::parse(R"([{"type":"public-key","alg":-7}])"));
}

TEST_F(Registration, FollowsTheTenantsSettings) {
  server_.change_settings(site_, [](TenantSettings& settings) {
    settings.user_verification = webauthn::UserVerification::kPreferred;
    settings.resident_key = "discouraged";
    settings.attestation = webauthn::AttestationConveyance::kDirect;
    settings.authenticator_timeout_ms = 60'000;
    settings.rp_name = "Renamed";
  });
  const Json options = server_.begin_registration(site_, token_).body.at("publicKey");
  EXPECT_EQ(options.at("authenticatorSelection"), (Json{{"residentKey", "discouraged"},
                                                        {"requireResidentKey", false},
                                                        {"userVerification", "preferred"}}));
  EXPECT_EQ(options.at("attestation"), "direct");
  EXPECT_EQ(options.at("timeout"), 60'000);
  EXPECT_EQ(options.at("rp").at("name"), "Renamed");
}

TEST_F(Registration, Step27StoresWhatWasLearnt) {
  const Answer begun =
      server_.call("POST", "/api/v1/begin_registration",
                   {.bearer = token_, .origin = site_.origin, .json = Json{{"name", "Phone"}}});
  const auto [answer, passkey] = server_.finish_registration(site_, token_, begun);
  ASSERT_EQ(answer.summary(), "200");
  const Json& credential = answer.body.at("credential");
  EXPECT_EQ(credential.at("credential_id"), base64url_encode(passkey.id));
  EXPECT_EQ(credential.at("name"), "Phone");
  EXPECT_EQ(credential.at("created_at"), "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(credential.at("last_used_at"), nullptr);
  EXPECT_EQ(credential.at("backup_eligible"), true);
  EXPECT_EQ(credential.at("backup_state"), true);
  EXPECT_EQ(credential.at("sign_count"), 0);
  EXPECT_EQ(credential.at("public_key").at("kty"), "EC");
  EXPECT_EQ(credential.at("public_key").at("crv"), "P-256");
  EXPECT_EQ(credential.at("aaguid").get<std::string>().size(), 36U);
  EXPECT_EQ(answer.body.at("user").at("external_id"), "alice");

  const auto stored = passkeys();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].id, passkey.id);
  EXPECT_EQ(stored[0].public_key, passkey.public_key);
  EXPECT_EQ(stored[0].name, "Phone");
  EXPECT_TRUE(stored[0].uv_initialized);
}

TEST_F(Registration, TakesTheNameOfFinishFirst) {
  const Answer begun = server_.begin_registration(site_, token_);
  const auto passkey = support::VirtualCredential::create(
      webauthn::kEs256,
      to_bytes(server_.store().find_user(site_.id, "alice", false)->user->handle.view()));
  Json body = TestServer::attestation_body(site_, begun, passkey);
  body["name"] = "Key ring";
  const Answer answer = server_.call("POST", "/api/v1/finish_registration",
                                     {.bearer = token_, .origin = site_.origin, .json = body});
  EXPECT_EQ(answer.body.at("credential").at("name"), "Key ring");
}

TEST_F(Registration, RefusesNamesThatBreakTheRules) {
  for (const Json& name : {Json(std::string(257, 'x')), Json("a\nb"), Json(7), Json(nullptr)}) {
    EXPECT_EQ(server_
                  .call("POST", "/api/v1/begin_registration",
                        {.bearer = token_, .origin = site_.origin, .json = Json{{"name", name}}})
                  .summary(),
              "400 invalid_request /name");
  }
}

TEST_F(Registration, IsOneReadToBeginAndOneReadAndOneCommitToFinish) {
  static_cast<void>(server_.begin_registration(site_, token_));  // the tenant is known from now on
  server_.storage->reset_counts();
  const Answer begun = server_.begin_registration(site_, token_);
  EXPECT_EQ(server_.storage->reads(), 1);
  EXPECT_EQ(server_.storage->writes(), 0);
  server_.storage->reset_counts();
  EXPECT_EQ(finish(begun).summary(), "200");
  EXPECT_EQ(server_.storage->reads(), 1);
  EXPECT_EQ(server_.storage->writes(), 1);
}

TEST_F(Registration, ExcludesThePasskeysThatTheUserHas) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const Answer begun = server_.begin_registration(site_, token_);
  const Json& list = begun.body.at("publicKey").at("excludeCredentials");
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("id"), base64url_encode(passkey.id));
  EXPECT_EQ(list[0].at("type"), "public-key");
}

TEST_F(Registration, Step29StoresThePasskeyAndEndsTheCeremonyInOneCommit) {
  const Answer begun = server_.begin_registration(site_, token_);
  EXPECT_TRUE(passkeys().empty());
  server_.storage->reset_counts();
  EXPECT_EQ(finish(begun).summary(), "200");
  EXPECT_EQ(server_.storage->writes(), 1);
  EXPECT_EQ(passkeys().size(), 1U);
}

TEST_F(Registration, Step29RefusesASecondFinish) {
  const Answer begun = server_.begin_registration(site_, token_);
  EXPECT_EQ(finish(begun).summary(), "200");
  EXPECT_EQ(finish(begun).summary(), "409 ceremony_used");
  EXPECT_EQ(passkeys().size(), 1U);
}

TEST_F(Registration, UsesAUserTokenOnce) {
  const Answer first = server_.begin_registration(site_, token_);
  const Answer second = server_.begin_registration(site_, token_);
  EXPECT_EQ(finish(first).summary(), "200");
  EXPECT_EQ(finish(second).summary(), "409 token_used");
  EXPECT_EQ(passkeys().size(), 1U);
}

TEST_F(Registration, Step1RefusesACeremonyAfter5Minutes) {
  const Answer begun = server_.begin_registration(site_, token_);
  server_.clock.advance(299'999);
  const auto [late, passkey] =
      server_.finish_registration(site_, token_, begun, [](CeremonyAnswer& answer) {
        answer.flags = 0x01;  // fails, so that the ceremony stays unused
      });
  EXPECT_EQ(late.status, 422);
  server_.clock.advance(1);
  EXPECT_EQ(finish(begun).summary(), "410 ceremony_expired");
}

TEST_F(Registration, Step29RefusesToStoreAfterAnyFailure) {
  struct Case {
    const char* expected;
    EditAnswer edit;
  };
  const Case cases[] = {
      {"422 verification_failed challenge_mismatch",
       [](CeremonyAnswer& answer) { answer.challenge[0] ^= 1; }},
      {"422 verification_failed origin_mismatch",
       [](CeremonyAnswer& answer) { answer.origin = "https://example.org"; }},
      {"422 verification_failed rp_id_mismatch",
       [](CeremonyAnswer& answer) { answer.rp_id = "example.org"; }},
      {"422 verification_failed user_verification_missing",
       [](CeremonyAnswer& answer) { answer.flags = 0x19; }},
      {"422 verification_failed user_presence_missing",
       [](CeremonyAnswer& answer) { answer.flags = 0x1C; }},
      {"422 verification_failed cross_origin_not_allowed",
       [](CeremonyAnswer& answer) { answer.cross_origin = true; }},
  };
  for (const Case& bad : cases) {
    const Answer begun = server_.begin_registration(site_, token_);
    const Answer answer = finish(begun, bad.edit);
    EXPECT_EQ(answer.summary(), bad.expected);
    EXPECT_FALSE(answer.body.contains("step"));
    EXPECT_TRUE(passkeys().empty());
  }
}

TEST_F(Registration, LeavesTheCeremonyUnusedWhenVerificationFails) {
  const Answer begun = server_.begin_registration(site_, token_);
  server_.storage->reset_counts();
  EXPECT_EQ(finish(begun, [](CeremonyAnswer& answer) { answer.flags = 0x01; }).status, 422);
  EXPECT_EQ(server_.storage->writes(), 0);
  EXPECT_EQ(finish(begun).summary(), "200");
}

TEST_F(Registration, RefusesAResponseThatIsNone) {
  const Answer begun = server_.begin_registration(site_, token_);
  const auto try_body = [&](const Json& body) {
    return server_
        .call("POST", "/api/v1/finish_registration",
              {.bearer = token_, .origin = site_.origin, .json = body})
        .summary();
  };
  const Json ceremony = begun.body.at("ceremony");
  EXPECT_EQ(try_body({{"ceremony", ceremony}, {"credential", Json::object()}}),
            "422 verification_failed malformed_response");
  EXPECT_EQ(try_body({{"ceremony", ceremony}}), "400 invalid_request /credential");
  EXPECT_EQ(try_body({{"ceremony", ceremony}, {"credential", "x"}}),
            "400 invalid_request /credential");
  EXPECT_EQ(try_body({{"credential", Json::object()}}), "400 invalid_request /ceremony");
  EXPECT_EQ(try_body({{"ceremony", ceremony}, {"credential", Json::object()}, {"more", 1}}),
            "400 invalid_request");
}

TEST_F(Registration, RefusesAnAlgorithmThatWasNotOffered) {
  server_.change_settings(site_, [](TenantSettings& settings) {
    settings.algorithms = std::vector<std::int32_t>{webauthn::kEs256};
  });
  const Answer begun = server_.begin_registration(site_, token_);
  const auto handle =
      base64url_decode(begun.body.at("publicKey").at("user").at("id").get<std::string>());
  const auto passkey = support::VirtualCredential::create(webauthn::kEdDsa, *handle);
  const Answer answer = server_.call("POST", "/api/v1/finish_registration",
                                     {.bearer = token_,
                                      .origin = site_.origin,
                                      .json = TestServer::attestation_body(site_, begun, passkey)});
  EXPECT_EQ(answer.summary(), "422 verification_failed algorithm_not_allowed");
}

TEST_F(Registration, KeepsThePolicyThatItBeganWith) {
  server_.change_settings(site_, [](TenantSettings& settings) {
    settings.user_verification = webauthn::UserVerification::kPreferred;
  });
  const Answer begun = server_.begin_registration(site_, token_);
  server_.change_settings(site_, [](TenantSettings& settings) {
    settings.user_verification = webauthn::UserVerification::kRequired;
  });
  EXPECT_EQ(finish(begun, [](CeremonyAnswer& answer) { answer.flags = 0x19; }).summary(), "200");
}

TEST_F(Registration, DoesWithoutPresenceOnlyWhenItIsConditional) {
  const auto without_presence = [](CeremonyAnswer& answer) { answer.flags = 0x1C; };
  const Answer begun = server_.call(
      "POST", "/api/v1/begin_registration",
      {.bearer = token_, .origin = site_.origin, .json = Json{{"mediation", "conditional"}}});
  EXPECT_EQ(finish(begun, without_presence).summary(), "200");
  EXPECT_EQ(server_
                .call("POST", "/api/v1/begin_registration",
                      {.bearer = token_,
                       .origin = site_.origin,
                       .json = Json{{"mediation", "conditionally"}}})
                .summary(),
            "400 invalid_request /mediation");
}

TEST_F(Registration, Step26TakesFurtherPasskeysOfTheUser) {
  static_cast<void>(server_.register_passkey(site_, "alice"));
  EXPECT_EQ(finish(server_.begin_registration(site_, token_)).summary(), "200");
  EXPECT_EQ(passkeys().size(), 2U);
}

TEST_F(Registration, Step26RefusesAPasskeyThatIsRegisteredAlready) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const std::string token = server_.user_token(site_, "bob");
  const Answer begun = server_.begin_registration(site_, token);
  const Answer answer = server_.call("POST", "/api/v1/finish_registration",
                                     {.bearer = token,
                                      .origin = site_.origin,
                                      .json = TestServer::attestation_body(site_, begun, passkey)});
  EXPECT_EQ(answer.summary(), "409 credential_exists");
  EXPECT_TRUE(passkeys("bob").empty());
}

TEST_F(Registration, StopsAtTheLimitOfPasskeys) {
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.max_credentials_per_user = 2; });
  const Answer early = server_.begin_registration(site_, token_);
  static_cast<void>(server_.register_passkey(site_, "alice"));
  static_cast<void>(server_.register_passkey(site_, "alice"));
  EXPECT_EQ(server_.begin_registration(site_, token_).summary(), "409 credential_limit");
  EXPECT_EQ(finish(early).summary(), "409 credential_limit");
  EXPECT_EQ(passkeys().size(), 2U);
}

TEST_F(Registration, EndsWithTheUser) {
  const Answer begun = server_.begin_registration(site_, token_);
  server_.erase_user(site_, "alice");
  EXPECT_EQ(finish(begun).summary(), "404 user_not_found");
  EXPECT_EQ(server_.begin_registration(site_, token_).summary(), "404 user_not_found");
  // A new user of the same name is somebody else.
  static_cast<void>(server_.user_token(site_, "alice"));
  EXPECT_EQ(finish(begun).summary(), "404 user_not_found");
  EXPECT_TRUE(passkeys().empty());
}

TEST_F(Registration, IsClosedToADisabledUser) {
  const Answer begun = server_.begin_registration(site_, token_);
  server_.set_user_enabled(site_, "alice", false);
  EXPECT_EQ(finish(begun).summary(), "403 user_disabled");
  EXPECT_EQ(server_.begin_registration(site_, token_).summary(), "403 user_disabled");
  EXPECT_TRUE(passkeys().empty());
}

TEST_F(Registration, EndsWithTheApiKeyThatAskedForTheToken) {
  const Answer begun = server_.begin_registration(site_, token_);
  const ApiKey key = server_.store().list_api_keys(site_.id, server_.clock.now())->at(0);
  const auto audit = server_.services->audit.draft(site_.id, {}, 1, {.type = "test"});
  ASSERT_EQ(server_.store()
                .erase_api_key(Guard{.tenant = site_.id, .now = server_.clock.now()}, key.id,
                               audit.entry())
                .value(),
            Outcome::kDone);
  EXPECT_EQ(finish(begun).summary(), "401 token_revoked");
  EXPECT_TRUE(passkeys().empty());
}

TEST_F(Registration, Step1RefusesTheCeremonyOfAnotherToken) {
  const Answer begun = server_.begin_registration(site_, token_);
  const std::string other = server_.user_token(site_, "alice");
  EXPECT_EQ(server_.finish_registration(site_, other, begun).first.summary(), "401 invalid_token");
}

TEST_F(Registration, IsAuditedWhenItSucceeds) {
  const std::size_t before = server_.audit(site_).size();
  const Answer begun = server_.begin_registration(site_, token_);
  EXPECT_EQ(finish(begun, [](CeremonyAnswer& answer) { answer.flags = 0; }).status, 422);
  EXPECT_EQ(server_.audit(site_).size(), before);
  EXPECT_EQ(finish(begun).summary(), "200");
  EXPECT_EQ(finish(begun).summary(), "409 ceremony_used");
  EXPECT_EQ(server_.audit(site_).size(), before + 1);
  const auto entries = server_.audit(site_, "credential.registered");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].sequence, 2U);  // no gap after the refusals
}

}  // namespace
}  // namespace masterkey2::testing
