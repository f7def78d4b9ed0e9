// The sign-in by another device, as it should go, and how long each step may take.
#include <set>

#include "crypto/sha256.hpp"
#include "tests/fcgi/handlers/cross_device_fixture.hpp"

namespace masterkey2::testing {
namespace {

using CrossDevice = CrossDeviceTest;
using support::CeremonyAnswer;

TEST_F(CrossDevice, BeginsWithAnAddressForTheCodeAndATokenForThePage) {
  const Answer begun = begin(session_);
  ASSERT_EQ(begun.summary(), "200");
  const std::string url = begun.body.at("url");
  EXPECT_TRUE(url.starts_with(std::string(TestServer::kBaseUrl) + "/q#mk2q_")) << url;
  EXPECT_LE(url.size(), 220U);  // a code that phones read from a screen
  EXPECT_TRUE(begun.body.at("poll_token").get<std::string>().starts_with("mk2p_"));
  EXPECT_EQ(begun.body.at("expires_in"), 120);
  EXPECT_EQ(begun.body.at("poll_ms"), 2'000);
}

TEST_F(CrossDevice, StoresNothingBeforeTheClaim) {
  const std::uintmax_t before = server_.store_size();
  server_.storage->reset_counts();
  for (int i = 0; i < 100; ++i) {
    const Code code = begin();
    ASSERT_EQ(state(code), "pending");
    ASSERT_EQ(show(code).status, 200);
  }
  EXPECT_EQ(server_.storage->writes(), 0);
  EXPECT_EQ(server_.store_size(), before);
}

TEST_F(CrossDevice, ShowsThePhoneWhoAsksFromWhichComputer) {
  const Code code = begin();
  server_.clock.advance(9'000);
  EXPECT_EQ(show(code).body, (Json{{"name", "Site example.com"},
                                   {"rp_id", "example.com"},
                                   {"browser", "Firefox"},
                                   {"system", "Windows"},
                                   {"age", 9},
                                   {"expires_in", 111}}));
}

TEST_F(CrossDevice, GivesThePhoneTheOptionsOfTheSite) {
  const Answer claimed = claim(begin());
  ASSERT_EQ(claimed.summary(), "200");
  const Json& options = claimed.body.at("publicKey");
  EXPECT_EQ(options.at("rpId"), "example.com");
  EXPECT_EQ(options.at("allowCredentials"), Json::array());
  EXPECT_EQ(options.at("userVerification"), "required");
  EXPECT_EQ(claimed.body.at("expires_in"), 120);
}

TEST_F(CrossDevice, GoesFromThePhonesSignatureByItsCodeToAVerifiedSignIn) {
  const Code code = begin();
  EXPECT_EQ(state(code), "pending");
  const Answer claimed = claim(code);
  EXPECT_EQ(state(code), "scanned");
  const Answer signed_in = finish(claimed);
  ASSERT_EQ(signed_in.summary(), "200");
  EXPECT_EQ(signed_in.body.at("rp_id"), "example.com");
  const Answer waiting = status(code);
  EXPECT_EQ(waiting.body, (Json{{"state", "confirm"}, {"expires_in", 120}, {"attempts_left", 3}}));
  EXPECT_EQ(confirm(code, signed_in.body.at("code")).body,
            (Json{{"state", "completed"}, {"expires_in", 120}}));
  const Answer done = status(code);
  EXPECT_EQ(done.body.at("user").at("external_id"), "alice");
  const Answer verdict = server_.verify(site_, {{"token", done.body.at("auth_token")}});
  ASSERT_EQ(verdict.body.at("verified"), true);
  EXPECT_EQ(verdict.body.at("user").at("external_id"), "alice");
  EXPECT_EQ(verdict.body.at("auth").at("channel"), "cross_device");
  EXPECT_EQ(verdict.body.at("auth").at("phishing_resistant"), false);
  EXPECT_EQ(audit_types(),
            (std::vector<std::string>{"cross_device.signed", "cross_device.confirmed"}));
}

TEST_F(CrossDevice, SignsNobodyInBeforeTheCodeWasTyped) {
  const Code code = begin();
  static_cast<void>(sign(code));
  EXPECT_FALSE(status(code).body.contains("auth_token"));
  EXPECT_EQ(server_.verify(site_, {{"token", session_}}).code(), "no_sign_in");
}

TEST_F(CrossDevice, HandsTheSameSignInToTheSamePageUntilTheAuthTokenExpires) {
  const Code code = begin();
  ASSERT_EQ(confirm(code, sign(code)).body.at("state"), "completed");
  const std::string first = status(code).body.at("auth_token");
  server_.clock.advance(119'999);
  const Answer again = status(code);
  EXPECT_EQ(again.body.at("expires_in"), 1);
  EXPECT_EQ(server_.verify(site_, {{"token", again.body.at("auth_token")}}).body.at("verified"),
            true);
  EXPECT_EQ(server_.verify(site_, {{"token", first}}).summary(), "409 already_verified");
  server_.clock.advance(1);
  EXPECT_EQ(state(code), "expired");
}

TEST_F(CrossDevice, CanBeVerifiedByThePagesSessionToken) {
  const Code code = begin();
  const std::string digits = sign(code);
  server_.clock.advance(110'000);  // a slow typist
  ASSERT_EQ(confirm(code, digits).body.at("state"), "completed");
  server_.clock.advance(100'000);
  const Answer verdict = server_.verify(site_, {{"token", session_}});
  EXPECT_EQ(verdict.body.at("verified"), true);
  EXPECT_EQ(server_.verify(site_, {{"token", session_}}).code(), "no_sign_in");
}

TEST_F(CrossDevice, TakesACodeForTwoMinutesFromItsClaim) {
  const Code late = begin();
  const Code code = begin();
  server_.clock.advance(119'999);
  EXPECT_EQ(show(code).body.at("expires_in"), 0);
  const Answer claimed = claim(code);
  ASSERT_EQ(claimed.summary(), "200");
  server_.clock.advance(1);
  EXPECT_EQ(state(late), "expired");
  EXPECT_EQ(show(late).summary(), "410 cross_device_expired");
  EXPECT_EQ(claim(late).summary(), "410 cross_device_expired");
  EXPECT_EQ(deny(late).summary(), "410 cross_device_expired");
  // What is claimed has two minutes more.
  server_.clock.advance(119'998);
  const Answer signed_in = finish(claimed);
  ASSERT_EQ(signed_in.summary(), "200");
  EXPECT_EQ(confirm(code, signed_in.body.at("code")).body.at("state"), "completed");
}

TEST_F(CrossDevice, EndsTwoMinutesAfterTheClaim) {
  const Code unsigned_code = begin();
  const Answer claimed = claim(unsigned_code);
  const Code untyped = begin();
  const std::string digits = sign(untyped);
  server_.clock.advance(120'000);
  EXPECT_EQ(finish(claimed).summary(), "410 cross_device_expired");
  EXPECT_EQ(deny(claimed).summary(), "410 cross_device_expired");
  EXPECT_EQ(state(unsigned_code), "expired");
  EXPECT_EQ(confirm(untyped, digits).body, (Json{{"state", "expired"}, {"expires_in", 0}}));
  EXPECT_EQ(state(untyped), "expired");
  // Nothing is left behind once the margin for other clocks is over.
  server_.clock.advance(60'000);
  ASSERT_TRUE(server_.store().purge_expired(server_.clock.now(), 1'000));
  EXPECT_EQ(state(untyped), "expired");
  EXPECT_EQ(claim(untyped).summary(), "410 cross_device_expired");
}

TEST_F(CrossDevice, EndsWithTheLifeOfTheSessionToken) {
  server_.clock.advance(24 * 60 * 60'000 - 30'000);
  const Answer begun = begin(session_);
  EXPECT_EQ(begun.body.at("expires_in"), 30);
  const Code code = code_of(begun);
  const Answer claimed = claim(code);
  EXPECT_EQ(claimed.body.at("expires_in"), 30);
  server_.clock.advance(30'000);
  EXPECT_EQ(finish(claimed).summary(), "410 cross_device_expired");
  EXPECT_EQ(state(code), "expired");
  EXPECT_EQ(begin(session_).summary(), "401 token_expired");
}

TEST_F(CrossDevice, LetsOnlyTheNamedUserSignIn) {
  const auto other = server_.register_passkey(site_, "bob");
  const Code code = code_of(begin(server_.session_token(site_, {{"external_id", "alice"}})));
  const Answer claimed = claim(code);
  EXPECT_EQ(claimed.body.at("publicKey").at("allowCredentials").at(0).at("id"),
            base64url_encode(passkey_.id));
  EXPECT_EQ(finish(claimed, signed_body(claimed, other)).summary(), "404 credential_not_found");
  const Answer signed_in =
      finish(claimed,
             signed_body(claimed, [](CeremonyAnswer& answer) { answer.with_user_handle = false; }));
  ASSERT_EQ(signed_in.summary(), "200");
  EXPECT_EQ(confirm(code, signed_in.body.at("code")).body.at("state"), "completed");
}

TEST_F(CrossDevice, TellsTheComputerOfANamedUserWithoutPasskeys) {
  static_cast<void>(server_.user_token(site_, "carol"));
  EXPECT_EQ(begin(server_.session_token(site_, {{"external_id", "carol"}})).summary(),
            "404 credential_not_found");
}

TEST_F(CrossDevice, MakesTheChallengeForTheSitesNonceAndForwardsTheProof) {
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.proof_forwarding = true; });
  const Bytes nonce(32, 7);
  const Code code =
      code_of(begin(server_.session_token(site_, {{"challenge_nonce", base64url_encode(nonce)}})));
  const Answer claimed = claim(code);
  const Answer signed_in = finish(claimed);
  ASSERT_EQ(confirm(code, signed_in.body.at("code")).body.at("state"), "completed");
  const Answer verdict = server_.verify(site_, {{"token", status(code).body.at("auth_token")}});
  const Bytes salt =
      base64url_decode(verdict.body.at("proof").at("challenge_salt").get<std::string>()).value();
  EXPECT_EQ(claimed.body.at("publicKey").at("challenge"),
            base64url_encode(sha256({as_bytes("mk2"), nonce, salt}).view()));
}

TEST_F(CrossDevice, NeedsTheBindingOfTheSessionToken) {
  const Code code = code_of(begin(server_.session_token(site_, {{"binding", "visitor"}})));
  ASSERT_EQ(confirm(code, sign(code)).body.at("state"), "completed");
  const Json token = status(code).body.at("auth_token");
  EXPECT_EQ(server_.verify(site_, {{"token", token}}).summary(), "400 invalid_request /binding");
  EXPECT_EQ(server_.verify(site_, {{"token", token}, {"binding", "other"}}).summary(),
            "401 invalid_token");
  EXPECT_EQ(server_.verify(site_, {{"token", token}, {"binding", "visitor"}}).body.at("verified"),
            true);
}

TEST_F(CrossDevice, CountsThreeWrongCodesAndThenEnds) {
  const Code code = begin();
  const std::string right = sign(code);
  EXPECT_EQ(confirm(code, other_than(right)).body.at("attempts_left"), 2);
  EXPECT_EQ(confirm(code, other_than(right)).body.at("attempts_left"), 1);
  EXPECT_EQ(confirm(code, other_than(right)).body.at("state"), "denied");
  EXPECT_EQ(confirm(code, right).body.at("state"), "denied");
  EXPECT_EQ(state(code), "denied");
  EXPECT_EQ(server_.verify(site_, {{"token", session_}}).code(), "no_sign_in");
  EXPECT_EQ(audit_types(),
            (std::vector<std::string>{"cross_device.signed", "cross_device.denied"}));
}

TEST_F(CrossDevice, TakesTheRightCodeAfterTwoWrongOnes) {
  const Code code = begin();
  const std::string right = sign(code);
  static_cast<void>(confirm(code, other_than(right)));
  static_cast<void>(confirm(code, other_than(right)));
  EXPECT_EQ(confirm(code, right).body.at("state"), "completed");
}

TEST_F(CrossDevice, UsesUpNoTryForWhatIsNoCodeOrComesTooEarly) {
  const Code code = begin();
  EXPECT_EQ(confirm(code, "000000").body.at("state"), "pending");
  const Answer claimed = claim(code);
  EXPECT_EQ(confirm(code, "000000").body.at("state"), "scanned");
  ASSERT_EQ(finish(claimed).status, 200);
  for (const std::string text : {"", "12345", "1234567", "12345a", " 12345", "١٢٣٤٥٦"}) {
    EXPECT_EQ(confirm(code, text).summary(), "400 invalid_request /code") << text;
  }
  EXPECT_EQ(status(code).body.at("attempts_left"), 3);
}

TEST_F(CrossDevice, DrawsSixDigitsEachTime) {
  std::set<std::string> codes;
  for (int i = 0; i < 20; ++i) codes.insert(sign(begin()));
  EXPECT_GE(codes.size(), 19U);
  for (const std::string& code : codes) EXPECT_EQ(code.size(), 6U);
}

TEST_F(CrossDevice, KeepsTheCodeFromWhoReadsTheStore) {
  const std::string digits = sign(begin());
  struct Find final : RowSink {
    StorageResult<void> put(const StoredRow& row) override {
      if (const auto* ephemeral = std::get_if<StoredEphemeral>(&row)) {
        ++seen;
        found = found || as_text(ephemeral->value).find(digits) != std::string_view::npos;
      }
      return {};
    }
    void damaged(std::string_view what) override { ADD_FAILURE() << what; }
    std::string digits;
    int seen = 0;
    bool found = false;
  } find;
  find.digits = digits;
  ASSERT_TRUE(server_.store().export_rows(find));
  EXPECT_EQ(find.seen, 1);
  EXPECT_FALSE(find.found);
}

}  // namespace
}  // namespace masterkey2::testing
