// The sign-in by another device: who is refused, and what ends it.
#include "service/rate_limiter.hpp"
#include "tests/fcgi/handlers/cross_device_fixture.hpp"

namespace masterkey2::testing {
namespace {

using CrossDeviceRefusals = CrossDeviceTest;
using support::CeremonyAnswer;

TEST_F(CrossDeviceRefusals, TheSecondClaimEndsItForBoth) {
  const Code code = begin();
  const Answer first = claim(code);
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(claim(code).summary(), "409 cross_device_claimed");
  EXPECT_EQ(state(code), "denied");
  EXPECT_EQ(finish(first).summary(), "409 cross_device_claimed");
  EXPECT_EQ(claim(code).summary(), "409 cross_device_claimed");
  ASSERT_EQ(audit_types(), std::vector<std::string>{"cross_device.denied"});
  EXPECT_NE(as_text(server_.audit(site_, "cross_device.denied").at(0).body).find("second_scan"),
            std::string_view::npos);
}

TEST_F(CrossDeviceRefusals, TheSecondClaimEndsASignedOneBeforeTheCodeIsTyped) {
  const Code code = begin();
  const std::string digits = sign(code);
  EXPECT_EQ(claim(code).summary(), "409 cross_device_claimed");
  EXPECT_EQ(confirm(code, digits).body.at("state"), "denied");
}

TEST_F(CrossDeviceRefusals, ALateClaimTakesNothingFromWhatIsCompleted) {
  const Code code = begin();
  ASSERT_EQ(confirm(code, sign(code)).body.at("state"), "completed");
  EXPECT_EQ(claim(code).summary(), "409 cross_device_claimed");
  EXPECT_EQ(deny(code).body.at("state"), "completed");
  EXPECT_EQ(state(code), "completed");
}

TEST_F(CrossDeviceRefusals, ThePhonesNoEndsItInEveryState) {
  const Code pending = begin();
  EXPECT_EQ(deny(pending).body, (Json{{"state", "denied"}}));
  EXPECT_EQ(deny(pending).body, (Json{{"state", "denied"}}));
  EXPECT_EQ(state(pending), "denied");
  EXPECT_EQ(claim(pending).summary(), "409 cross_device_claimed");
  const Code scanned = begin();
  const Answer claimed = claim(scanned);
  EXPECT_EQ(deny(claimed).body, (Json{{"state", "denied"}}));
  EXPECT_EQ(state(scanned), "denied");
  EXPECT_EQ(finish(claimed).summary(), "410 cross_device_expired");
  const Code signed_code = begin();
  const std::string digits = sign(signed_code);
  EXPECT_EQ(deny(signed_code).body, (Json{{"state", "denied"}}));
  EXPECT_EQ(confirm(signed_code, digits).body.at("state"), "denied");
  EXPECT_EQ(server_.audit(site_, "cross_device.denied").size(), 3U);
}

TEST_F(CrossDeviceRefusals, AFinishCannotBeRepeated) {
  const Code code = begin();
  const Answer claimed = claim(code);
  const Json body = signed_body(claimed);
  ASSERT_EQ(finish(claimed, body).status, 200);
  EXPECT_EQ(finish(claimed, body).summary(), "409 ceremony_used");
  EXPECT_EQ(state(code), "confirm");
}

TEST_F(CrossDeviceRefusals, AnAnswerThatFailsVerificationLeavesItOpen) {
  const Code code = begin();
  const Answer claimed = claim(code);
  struct Case {
    const char* reason;
    EditAnswer edit;
  };
  const Case cases[] = {
      {"challenge_mismatch", [](CeremonyAnswer& answer) { answer.challenge[31] ^= 1; }},
      {"origin_mismatch", [](CeremonyAnswer& answer) { answer.origin = "https://example.com"; }},
      {"origin_mismatch",
       [](CeremonyAnswer& answer) { answer.origin = "https://auth.example.net:8443"; }},
      {"rp_id_mismatch", [](CeremonyAnswer& answer) { answer.rp_id = "auth.example.net"; }},
      {"user_verification_missing", [](CeremonyAnswer& answer) { answer.flags = 0x19; }},
      {"cross_origin_not_allowed", [](CeremonyAnswer& answer) { answer.cross_origin = true; }},
  };
  for (const Case& bad : cases) {
    server_.storage->reset_counts();
    EXPECT_EQ(finish(claimed, bad.edit).summary(),
              std::string("422 verification_failed ") + bad.reason);
    EXPECT_EQ(server_.storage->writes(), 0);
  }
  EXPECT_EQ(state(code), "scanned");
  EXPECT_EQ(finish(claimed).status, 200);
}

TEST_F(CrossDeviceRefusals, AFrameOfThePhonesPageIsNotAllowedWhereTheTenantAllowsFrames) {
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.allow_cross_origin = true; });
  const Answer claimed = claim(begin());
  EXPECT_EQ(finish(claimed, [](CeremonyAnswer& answer) { answer.cross_origin = true; }).summary(),
            "422 verification_failed cross_origin_not_allowed");
}

TEST_F(CrossDeviceRefusals, ThePhonesOriginIsGoodForThisChannelAlone) {
  // In a direct ceremony neither as the header nor in the client data.
  EXPECT_EQ(server_
                .call("POST", "/api/v1/begin_authentication",
                      {.bearer = session_, .origin = kPhoneOrigin})
                .summary(),
            "403 origin_not_allowed");
  const Answer begun = server_.begin_authentication(site_, session_);
  EXPECT_EQ(server_
                .finish_authentication(site_, session_, begun, passkey_,
                                       [](CeremonyAnswer& answer) { answer.origin = kPhoneOrigin; })
                .summary(),
            "422 verification_failed origin_mismatch");
  EXPECT_EQ(call("", {.bearer = session_, .origin = kPhoneOrigin}).summary(),
            "403 origin_not_allowed");
}

TEST_F(CrossDeviceRefusals, ThePhonesCallsComeFromItsPage) {
  const Code code = begin();
  const Answer claimed = claim(code);
  server_.storage->reset_counts();
  for (const std::optional<std::string>& origin : {std::optional<std::string>{},
                                                   {site_.origin},
                                                   {"null"},
                                                   {"https://auth.example.net/"},
                                                   {"http://auth.example.net"},
                                                   {"https://auth.example.net:8443"}}) {
    for (const std::string step : {"/show", "/claim", "/deny"}) {
      EXPECT_EQ(call(step, {.origin = origin, .json = Json{{"id", code.id}}}).summary(),
                "403 origin_not_allowed")
          << step << ' ' << origin.value_or("none");
    }
    for (const std::string step : {"/finish", "/deny"}) {
      const bool signs = step == "/finish";
      Send send{.bearer = claimed.body.at("phone_token"), .origin = origin};
      if (signs) send.json = signed_body(claimed);
      EXPECT_EQ(call(step, send).summary(), "403 origin_not_allowed")
          << step << ' ' << origin.value_or("none");
    }
  }
  EXPECT_EQ(server_.storage->writes(), 0);
  EXPECT_EQ(state(code), "scanned");
}

TEST_F(CrossDeviceRefusals, TheComputersCallsComeFromThePageThatBegan) {
  server_.change_settings(site_, [](TenantSettings& settings) {
    settings.origins.emplace_back("https://login.example.com");
  });
  const Code code = begin();
  const std::string digits = sign(code);
  for (const std::optional<std::string>& origin :
       {std::optional<std::string>{}, {"https://login.example.com"}, {kPhoneOrigin}}) {
    EXPECT_EQ(call("/status", {.bearer = code.poll, .origin = origin}).summary(),
              "403 origin_not_allowed");
    EXPECT_EQ(
        call("/confirm", {.bearer = code.poll, .origin = origin, .json = Json{{"code", digits}}})
            .summary(),
        "403 origin_not_allowed");
  }
  server_.change_settings(
      site_, [](TenantSettings& settings) { settings.origins = {"https://login.example.com"}; });
  EXPECT_EQ(status(code).summary(), "403 origin_not_allowed");
}

TEST_F(CrossDeviceRefusals, NoOtherOriginsPageReadsThePhonesAnswers) {
  const Code code = begin();
  const auto allows = [](const Answer& answer) {
    for (const auto& [name, value] : answer.http.headers) {
      if (name == "Access-Control-Allow-Origin") return true;
    }
    return false;
  };
  for (const std::string step : {"/show", "/claim", "/finish", "/deny"}) {
    const std::string path = "/api/v1/cross_device" + step;
    EXPECT_FALSE(allows(call(step, {.origin = kPhoneOrigin, .json = Json{{"id", code.id}}})));
    EXPECT_FALSE(allows(server_.call("GET", path, {.origin = kPhoneOrigin})));
    EXPECT_FALSE(allows(
        server_.call("OPTIONS", path, {.headers = {{"access-control-request-method", "POST"}}})));
  }
  EXPECT_TRUE(allows(status(code)));
}

TEST_F(CrossDeviceRefusals, EachSideHasTokensOfItsOwn) {
  const Code code = begin();
  const Code other = begin();
  const Answer claimed = claim(code);
  const std::string phone = claimed.body.at("phone_token");
  EXPECT_EQ(call("/status", {.bearer = phone, .origin = site_.origin}).summary(),
            "401 wrong_token_type");
  EXPECT_EQ(
      call("/finish", {.bearer = code.poll, .origin = kPhoneOrigin, .json = signed_body(claimed)})
          .summary(),
      "401 wrong_token_type");
  for (const std::string& id : {code.poll, phone, session_}) {
    EXPECT_EQ(call("/claim", {.origin = kPhoneOrigin, .json = Json{{"id", id}}}).summary(),
              "401 wrong_token_type");
  }
  EXPECT_EQ(call("/claim", {.origin = kPhoneOrigin, .json = Json{{"id", "mk2q_AAAA"}}}).summary(),
            "401 invalid_token");
  EXPECT_EQ(call("/finish", {.origin = kPhoneOrigin, .json = signed_body(claimed)}).summary(),
            "401 missing_token");
  // Nor does one page see another's.
  const std::string digits = finish(claimed).body.at("code");
  EXPECT_EQ(state(other), "pending");
  EXPECT_EQ(confirm(other, digits).body.at("state"), "pending");
  const Answer second = claim(other);
  EXPECT_EQ(finish(second, signed_body(claimed)).summary(),
            "422 verification_failed challenge_mismatch");
}

TEST_F(CrossDeviceRefusals, NoTenantTakesPartInAnothers) {
  const Site other = server_.add_site("example.org");
  const auto stranger = server_.register_passkey(other, "alice");
  const Code code = begin();
  const Answer claimed = claim(code);
  EXPECT_EQ(finish(claimed, signed_body(claimed, stranger)).summary(), "404 credential_not_found");
  const std::string digits = finish(claimed).body.at("code");
  EXPECT_EQ(call("/status", {.bearer = code.poll, .origin = other.origin}).summary(),
            "403 origin_not_allowed");
  ASSERT_EQ(confirm(code, digits).body.at("state"), "completed");
  EXPECT_EQ(server_.verify(other, {{"token", status(code).body.at("auth_token")}}).summary(),
            "401 invalid_token");
}

TEST_F(CrossDeviceRefusals, ARevokedSessionTokenEndsEachStep) {
  const Code unclaimed = begin();
  const Code scanned = begin();
  const Answer claimed = claim(scanned);
  const Code signed_code = begin();
  const std::string digits = sign(signed_code);
  ASSERT_EQ(
      server_.call("DELETE", "/api/v1/session-token", {.bearer = session_, .origin = site_.origin})
          .status,
      200);
  const std::string gone = "401 token_revoked";
  EXPECT_EQ(begin(session_).summary(), gone);
  EXPECT_EQ(show(unclaimed).summary(), gone);
  EXPECT_EQ(claim(unclaimed).summary(), gone);
  EXPECT_EQ(deny(unclaimed).summary(), gone);
  EXPECT_EQ(finish(claimed).summary(), gone);
  EXPECT_EQ(status(signed_code).summary(), gone);
  EXPECT_EQ(confirm(signed_code, digits).summary(), gone);
}

TEST_F(CrossDeviceRefusals, ATenantThatSwitchesItOffEndsEachStep) {
  const Code unclaimed = begin();
  const Code scanned = begin();
  const Answer claimed = claim(scanned);
  const Code signed_code = begin();
  const std::string digits = sign(signed_code);
  const Code completed = begin();
  ASSERT_EQ(confirm(completed, sign(completed)).body.at("state"), "completed");
  server_.change_settings(site_, [](TenantSettings& settings) { settings.cross_device = "off"; });
  const std::string over = "410 cross_device_expired";
  EXPECT_EQ(begin(session_).summary(), "404 not_found");
  EXPECT_EQ(show(unclaimed).summary(), over);
  EXPECT_EQ(claim(unclaimed).summary(), over);
  EXPECT_EQ(finish(claimed).summary(), over);
  EXPECT_EQ(confirm(signed_code, digits).body.at("state"), "denied");
  EXPECT_EQ(state(completed), "denied");
  EXPECT_EQ(server_.begin_authentication(site_, session_).body.at("client").at("cross_device"),
            false);
}

TEST_F(CrossDeviceRefusals, ADisabledUserGetsNoFurther) {
  const Code scanned = begin();
  const Answer claimed = claim(scanned);
  const Code signed_code = begin();
  const std::string digits = sign(signed_code);
  const Code completed = begin();
  ASSERT_EQ(confirm(completed, sign(completed)).body.at("state"), "completed");
  server_.set_user_enabled(site_, "alice", false);
  EXPECT_EQ(finish(claimed).summary(), "403 user_disabled");
  EXPECT_EQ(state(scanned), "denied");
  EXPECT_EQ(confirm(signed_code, digits).body.at("state"), "denied");
  EXPECT_EQ(state(completed), "denied");
  server_.set_user_enabled(site_, "alice", true);
  EXPECT_EQ(state(signed_code), "denied");
}

TEST_F(CrossDeviceRefusals, ADeletedUserGetsNoFurther) {
  const Code scanned = begin();
  const Answer claimed = claim(scanned);
  const Code signed_code = begin();
  const std::string digits = sign(signed_code);
  server_.erase_user(site_, "alice");
  EXPECT_EQ(finish(claimed).summary(), "404 credential_not_found");
  EXPECT_EQ(confirm(signed_code, digits).body.at("state"), "denied");
}

TEST_F(CrossDeviceRefusals, ADisabledTenantGetsNoFurther) {
  const Code code = begin();
  const std::string digits = sign(code);
  server_.set_tenant_enabled(site_, false);
  EXPECT_EQ(status(code).summary(), "401 invalid_token");
  EXPECT_EQ(confirm(code, digits).summary(), "401 invalid_token");
  EXPECT_EQ(show(code).summary(), "401 invalid_token");
}

TEST_F(CrossDeviceRefusals, FailedStorageIs503AndGivesNothingAway) {
  const Code code = begin();
  const std::string digits = sign(code);
  std::string failing;
  server_.storage->hook = [&](std::string_view name) -> std::optional<StorageError> {
    if (name != failing) return std::nullopt;
    return StorageError{StorageErrorCode::kUnavailable, ""};
  };
  for (const char* operation : {"find_ephemeral", "find_user", "put_ephemeral"}) {
    failing = operation;
    EXPECT_EQ(confirm(code, digits).summary(), "503 storage_unavailable") << operation;
  }
  failing = "";
  EXPECT_EQ(status(code).body.at("attempts_left"), 3);
  failing = "confirm_sign_in";
  EXPECT_EQ(confirm(code, digits).summary(), "503 storage_unavailable");
  // The code was taken, the sign-in not yet confirmed: the next poll mends it.
  EXPECT_EQ(status(code).summary(), "503 storage_unavailable");
  EXPECT_TRUE(server_.audit(site_, "cross_device.confirmed").empty());
  server_.storage->hook = nullptr;
  const Answer done = status(code);
  // No token without its entry, and the page may ask as often as it likes.
  EXPECT_EQ(server_.audit(site_, "cross_device.confirmed").size(), 1U);
  EXPECT_EQ(status(code).summary(), "200");
  EXPECT_EQ(server_.audit(site_, "cross_device.confirmed").size(), 1U);
  EXPECT_EQ(server_.verify(site_, {{"token", done.body.at("auth_token")}}).body.at("verified"),
            true);
}

TEST_F(CrossDeviceRefusals, ClaimsOfOneAddressAndOfOneTenantAreLimited) {
  RateLimits limits;
  limits.by_kind.at(static_cast<std::size_t>(LimitKind::kClaimAddress)) = {.count = 3};
  limits.by_kind.at(static_cast<std::size_t>(LimitKind::kClaimTenant)) = {.count = 5};
  RateLimiter limiter(SharedCells::in_memory(system_random()), limits);
  server_.services->limits = &limiter;
  const auto claim_from = [&](const std::string& address, const std::string& step) {
    return call(step,
                {.origin = kPhoneOrigin, .json = Json{{"id", begin().id}}, .address = address})
        .summary();
  };
  EXPECT_EQ(claim_from("192.0.2.1", "/claim"), "200");
  EXPECT_EQ(claim_from("192.0.2.1", "/deny"), "200");
  EXPECT_EQ(claim_from("192.0.2.1", "/claim"), "200");
  EXPECT_EQ(claim_from("192.0.2.1", "/claim"), "429 rate_limited");
  EXPECT_EQ(claim_from("192.0.2.1", "/show"), "200");
  EXPECT_EQ(claim_from("192.0.2.2", "/claim"), "200");
  EXPECT_EQ(claim_from("192.0.2.3", "/claim"), "200");
  EXPECT_EQ(claim_from("192.0.2.4", "/claim"), "429 rate_limited");
  server_.services->limits = nullptr;
}

}  // namespace
}  // namespace masterkey2::testing
