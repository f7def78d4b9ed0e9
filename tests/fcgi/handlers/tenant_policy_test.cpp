// What a tenant's settings ask for: offered at begin, sealed, enforced at finish.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "crypto/sha256.hpp"
#include "encoding/base64.hpp"
#include "encoding/base64url.hpp"
#include "fcgi/metrics.hpp"
#include "service/housekeeping.hpp"
#include "support/cbor_writer.hpp"
#include "support/test_certificate.hpp"
#include "support/test_metadata.hpp"
#include "tests/fcgi/handlers/test_server.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/algorithm.hpp"
#include "webauthn/attestation_object.hpp"

namespace masterkey2::testing {
namespace {

using support::CeremonyAnswer;
using support::VirtualCredential;
using webauthn::AttestationTrustRule;

constexpr const char* kModel = "08987058-cadc-4b81-b6e1-30de50dcbe96";
constexpr const char* kAppOrigin =
    "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

class TenantPolicy : public ::testing::Test {
 protected:
  void set(const std::string& key, const std::string& value) {
    server_.change_settings(site_, [&](TenantSettings& settings) {
      const auto done = set_tenant_setting(settings, key, value);
      ASSERT_TRUE(done) << done.error();
    });
  }

  Answer begin(const Json& body = Json::object()) {
    return server_.call("POST", "/api/v1/begin_registration",
                        {.bearer = token_, .origin = site_.origin, .json = body});
  }

  std::string finish(const Json& body) {
    return server_
        .call("POST", "/api/v1/finish_registration",
              {.bearer = token_, .origin = site_.origin, .json = body})
        .summary();
  }

  [[nodiscard]] VirtualCredential passkey(const Answer& begun, std::int32_t algorithm = -7,
                                          const std::string& model = kModel) const {
    auto made = VirtualCredential::create(
        algorithm,
        *base64url_decode(begun.body.at("publicKey").at("user").at("id").get<std::string>()));
    made.aaguid = webauthn::parse_aaguid(model).value();
    return made;
  }

  std::string register_with(const Answer& begun, std::int32_t algorithm = -7,
                            const EditAnswer& edit = {}) {
    return finish(TestServer::attestation_body(site_, begun, passkey(begun, algorithm), edit));
  }

  void write(const std::string& name, std::string_view text) {
    std::ofstream(server_.folder / name, std::ios::binary) << text;
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const std::string token_ = server_.user_token(site_, "alice");
};

/// Root, maker's key and its certificate.
struct Maker {
  VirtualCredential root_key = VirtualCredential::create(-7, {});
  VirtualCredential key = VirtualCredential::create(-7, {});
  Bytes root;
  Bytes leaf;

  Maker() {
    support::CertificateSpec authority;
    authority.subject = authority.issuer = {{"CN", "Example Root"}};
    authority.ca = true;
    root = make_certificate(authority, root_key, root_key);
    leaf = make_certificate({}, key, root_key);
  }

  /// `body` with a packed statement of the maker.
  [[nodiscard]] Json certify(Json body) const {
    Json& response = body["credential"]["response"];
    const Bytes bytes = *base64url_decode(response["attestationObject"].get<std::string>());
    const Bytes data = to_bytes(webauthn::parse_attestation_object(bytes)->authenticator_data);
    const Bytes client_data = *base64url_decode(response["clientDataJSON"].get<std::string>());
    const Bytes message = support::joined({data, to_bytes(sha256(client_data).view())});
    support::CborWriter writer;
    writer.map(3).text("fmt").text("packed").text("attStmt");
    writer.map(3).text("alg").integer(-7).text("sig").bytes(key.sign(message));
    writer.text("x5c").array(1).bytes(leaf).text("authData").bytes(data);
    response["attestationObject"] = base64url_encode(writer.out());
    return body;
  }
};

std::string pem(ByteView der) {
  return "-----BEGIN CERTIFICATE-----\n" + base64_encode(der) + "\n-----END CERTIFICATE-----\n";
}

TEST_F(TenantPolicy, OffersTheTenantsAlgorithmsAndTakesNoOther) {
  set("algorithms", "ES384,Ed448");
  const Answer begun = begin();
  EXPECT_EQ(begun.body.at("publicKey").at("pubKeyCredParams"),
            (Json{{{"type", "public-key"}, {"alg", -35}}, {{"type", "public-key"}, {"alg", -53}}}));
  EXPECT_EQ(register_with(begun, -7), "422 verification_failed algorithm_not_allowed");
  set("algorithms", "ES256");  // what was offered at begin counts
  EXPECT_EQ(register_with(begun, -7), "422 verification_failed algorithm_not_allowed");
  EXPECT_EQ(register_with(begun, -35), "200");
}

TEST_F(TenantPolicy, BeginsNothingWithoutAnAlgorithmThatOpenSslHas) {
  if (is_available(MlDsaSet::kMlDsa44)) GTEST_SKIP() << "this OpenSSL has ML-DSA";
  server_.change_settings(site_, [](TenantSettings& settings) { settings.algorithms = {-48}; });
  EXPECT_EQ(begin().summary(), "500 internal");
}

TEST_F(TenantPolicy, AsksForHintsOnlyWhereTheyAreSet) {
  EXPECT_FALSE(begin().body.at("publicKey").contains("hints"));
  set("hints", "hybrid,security-key");
  const Json expected = {"hybrid", "security-key"};
  EXPECT_EQ(begin().body.at("publicKey").at("hints"), expected);
  const std::string session = server_.session_token(site_);
  EXPECT_EQ(server_.begin_authentication(site_, session).body.at("publicKey").at("hints"),
            expected);
}

TEST_F(TenantPolicy, AsksForResidentKeysAndVerificationAsSet) {
  set("resident_key", "discouraged");
  set("user_verification", "discouraged");
  EXPECT_EQ(begin().body.at("publicKey").at("authenticatorSelection"),
            (Json{{"residentKey", "discouraged"},
                  {"requireResidentKey", false},
                  {"userVerification", "discouraged"}}));
}

TEST_F(TenantPolicy, WantsNoVerifiedUserOfASilentUpgrade) {
  const Answer begun = begin({{"mediation", "conditional"}});
  EXPECT_EQ(begun.body.at("publicKey").at("authenticatorSelection").at("userVerification"),
            "preferred");
  // Neither UP nor UV: what Chrome's automatic upgrade sends.
  EXPECT_EQ(register_with(begun, -7, [](CeremonyAnswer& answer) { answer.flags = 0x18; }), "200");
  const auto records = server_.store().find_user(site_.id, "alice", true)->credentials;
  ASSERT_EQ(records.size(), 1U);
  EXPECT_FALSE(records[0].uv_initialized);
}

TEST_F(TenantPolicy, WantsAVerifiedUserOfEveryOtherRegistration) {
  EXPECT_EQ(register_with(begin(), -7, [](CeremonyAnswer& answer) { answer.flags = 0x19; }),
            "422 verification_failed user_verification_missing");
}

TEST_F(TenantPolicy, IsFramedOnlyByWhomTheTenantExpects) {
  const auto framed = [](CeremonyAnswer& answer) {
    answer.cross_origin = true;
    answer.top_origin = "https://portal.example.org";
  };
  EXPECT_EQ(register_with(begin(), -7, framed), "422 verification_failed cross_origin_not_allowed");
  set("allow_cross_origin", "true");
  set("top_origins", "https://other.example.org");
  EXPECT_EQ(register_with(begin(), -7, framed), "422 verification_failed top_origin_mismatch");
  const Answer begun = begin();
  set("top_origins", "https://portal.example.org");  // origins count as they are at finish
  EXPECT_EQ(register_with(begun, -7, framed), "200");
}

TEST_F(TenantPolicy, ServesRelatedOriginsWhileTheyAreListed) {
  const auto call = [&](std::string_view path, const Json& body) {
    return server_.call("POST", path,
                        {.bearer = token_, .origin = "https://example.co.uk", .json = body});
  };
  EXPECT_EQ(call("/api/v1/begin_registration", Json::object()).summary(), "403 origin_not_allowed");
  set("related_origins", "https://example.co.uk");
  const Answer begun = call("/api/v1/begin_registration", Json::object());
  ASSERT_EQ(begun.summary(), "200");
  const auto body = [&](const std::string& origin) {
    return TestServer::attestation_body(site_, begun, passkey(begun),
                                        [&](CeremonyAnswer& answer) { answer.origin = origin; });
  };
  EXPECT_EQ(call("/api/v1/finish_registration", body(site_.origin)).summary(),
            "422 verification_failed origin_mismatch");
  set("related_origins", "");
  EXPECT_EQ(call("/api/v1/finish_registration", body("https://example.co.uk")).summary(),
            "403 origin_not_allowed");
  set("related_origins", "https://example.co.uk");
  EXPECT_EQ(call("/api/v1/finish_registration", body("https://example.co.uk")).summary(), "200");
}

TEST_F(TenantPolicy, TakesListedAppsWhereNoOriginIsRequired) {
  const auto from_app = [&](std::string_view path, const Json& body) {
    return server_.call("POST", path, {.bearer = token_, .json = body});
  };
  set("app_origins", kAppOrigin);
  EXPECT_EQ(from_app("/api/v1/begin_registration", Json::object()).summary(),
            "403 origin_not_allowed");
  set("require_origin", "false");
  const Answer begun = from_app("/api/v1/begin_registration", Json::object());
  ASSERT_EQ(begun.summary(), "200");
  const auto body = [&](const std::string& origin) {
    return TestServer::attestation_body(site_, begun, passkey(begun), [&](CeremonyAnswer& answer) {
      answer.origin = origin;
      answer.cross_origin.reset();
    });
  };
  EXPECT_EQ(from_app("/api/v1/finish_registration", body("android:apk-key-hash:AAAA")).summary(),
            "422 verification_failed origin_mismatch");
  EXPECT_EQ(from_app("/api/v1/finish_registration", body(kAppOrigin)).summary(), "200");
  // And signs in.
  const std::string session = server_.session_token(site_);
  const Answer started = server_.call("POST", "/api/v1/begin_authentication",
                                      {.bearer = session, .json = Json::object()});
  ASSERT_EQ(started.summary(), "200");
}

TEST_F(TenantPolicy, KeepsAppsOutOfBrowsersCeremonies) {
  set("app_origins", kAppOrigin);
  EXPECT_EQ(register_with(begin(), -7, [](CeremonyAnswer& answer) { answer.origin = kAppOrigin; }),
            "422 verification_failed origin_mismatch");
}

TEST_F(TenantPolicy, LetsInTheModelsOfItsList) {
  set("attestation_trust", "aaguids");
  set("aaguids", "00000000-0000-0000-0000-000000000001");
  const Answer begun = begin();
  EXPECT_EQ(begun.body.at("publicKey").at("attestation"), "none");
  set("aaguids", kModel);  // the list of begin counts
  EXPECT_EQ(register_with(begun), "422 verification_failed authenticator_not_allowed");
  EXPECT_EQ(register_with(begin()), "200");
}

TEST_F(TenantPolicy, KeepsSyncedPasskeysOutWhereItSaysSo) {
  set("synced_passkeys", "false");
  const auto device_bound = [](CeremonyAnswer& answer) { answer.flags = 0x05; };
  const Answer begun = begin();
  set("synced_passkeys", "true");  // what held at begin counts
  EXPECT_EQ(register_with(begun), "422 verification_failed backup_not_allowed");
  EXPECT_EQ(register_with(begun, -7, device_bound), "200");
}

TEST_F(TenantPolicy, TrustsItsAnchors) {
  const Maker maker;
  std::filesystem::create_directory(server_.folder / "anchors");
  set("attestation_trust", "anchors");
  Answer begun = begin();
  EXPECT_EQ(begun.body.at("publicKey").at("attestation"), "direct");
  const Json body = TestServer::attestation_body(site_, begun, passkey(begun));
  EXPECT_EQ(finish(body), "422 verification_failed attestation_untrusted");  // none
  EXPECT_EQ(finish(maker.certify(body)), "422 verification_failed attestation_untrusted");
  write("anchors/maker.pem", pem(maker.root));
  static_cast<void>(reload_files(*server_.services));
  EXPECT_EQ(finish(body), "422 verification_failed attestation_untrusted");
  EXPECT_EQ(finish(maker.certify(body)), "200");
}

TEST_F(TenantPolicy, KeepsAskingForEnterpriseAttestation) {
  set("attestation_trust", "metadata");
  set("attestation", "enterprise");
  EXPECT_EQ(begin().body.at("publicKey").at("attestation"), "enterprise");
}

TEST_F(TenantPolicy, TrustsFidoMetadata) {
  const Maker maker;
  set("attestation_trust", "metadata");
  const Answer begun = begin();
  EXPECT_EQ(begun.body.at("publicKey").at("attestation"), "direct");
  const Json body = maker.certify(TestServer::attestation_body(site_, begun, passkey(begun)));
  EXPECT_EQ(finish(body), "422 verification_failed attestation_untrusted");  // no metadata
  write("metadata_root.pem", pem(support::metadata_authority().root));
  const auto serve = [&](const std::vector<std::string>& statuses) {
    write("metadata", support::make_metadata_blob(support::metadata_payload(
                          {support::metadata_entry(kModel, {maker.root}, statuses)})));
    return reload_files(*server_.services);
  };
  EXPECT_THAT(serve({"FIDO_CERTIFIED", "REVOKED"}),
              ::testing::Contains(::testing::HasSubstr("FIDO metadata 7 with 1 models")));
  EXPECT_EQ(finish(body), "422 verification_failed authenticator_not_allowed");
  static_cast<void>(serve({"FIDO_CERTIFIED_L1"}));
  EXPECT_EQ(finish(body), "200");
}

TEST_F(TenantPolicy, ShowsStaleMetadataToTheOperatorAndStaysReady) {
  write("metadata_root.pem", pem(support::metadata_authority().root));
  write("metadata", support::make_metadata_blob(support::metadata_payload({})));
  std::filesystem::create_directory(server_.folder / "anchors");
  write("anchors/root.pem", pem(support::metadata_authority().root));
  static_cast<void>(reload_files(*server_.services));
  const auto ready = [&](const std::string& address) {
    return server_.call("GET", "/readyz", {.address = address});
  };
  server_.clock.set(1'770'000'000'000);  // before the next update
  EXPECT_FALSE(ready("127.0.0.1").body.contains("warnings"));
  server_.clock.set(1'790'000'000'000);
  const Answer answer = ready("127.0.0.1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.at("warnings"),
            Json{"FIDO metadata is stale: the next one was due on 2026-06-01"});
  EXPECT_FALSE(ready("192.0.2.7").body.contains("warnings"));
}

TEST_F(TenantPolicy, CountsStaleMetadataInTheMetrics) {
  const auto lines = [&] {
    return Metrics({.attestation = &server_.services->attestation, .clock = &server_.clock}).text();
  };
  write("metadata_root.pem", pem(support::metadata_authority().root));
  std::filesystem::create_directory(server_.folder / "anchors");
  write("anchors/root.pem", pem(support::metadata_authority().root));
  static_cast<void>(reload_files(*server_.services));
  const auto warnings = [](int count) {
    return ::testing::ContainsRegex("masterkey2_attestation_warnings\\{process=\"[0-9]+\"\\} " +
                                    std::to_string(count) + "\n");
  };
  EXPECT_THAT(lines(), warnings(1));  // the file is missing
  EXPECT_THAT(lines(), ::testing::Not(::testing::HasSubstr("masterkey2_metadata_next_update")));
  write("metadata", support::make_metadata_blob(support::metadata_payload({})));
  static_cast<void>(reload_files(*server_.services));
  server_.clock.set(1'770'000'000'000);
  EXPECT_THAT(lines(), warnings(0));
  EXPECT_THAT(lines(), ::testing::HasSubstr("} 1780272000\n"));
  server_.clock.set(1'790'000'000'000);
  EXPECT_THAT(lines(), warnings(1));
}

TEST_F(TenantPolicy, NamesProvidersThatItsFileKnows) {
  ASSERT_EQ(register_with(begin()), "200");
  const auto listed = [&] {
    return server_.call("GET", "/api/v1/users/alice/credentials", {.api_key = site_.api_key})
        .body.at("credentials")
        .at(0);
  };
  EXPECT_EQ(listed().at("aaguid"), kModel);
  EXPECT_FALSE(listed().contains("provider_name"));
  write("aaguids.json", "{\"" + std::string(kModel) + "\": \"Windows Hello\"}");
  static_cast<void>(reload_files(*server_.services));
  EXPECT_EQ(listed().at("provider_name"), "Windows Hello");
}

TEST_F(TenantPolicy, KeepsWhatTheClientSaysAboutDiscoverability) {
  const Answer begun = begin();
  Json body = TestServer::attestation_body(site_, begun, passkey(begun));
  body["credential"]["clientExtensionResults"] = {
      {"credProps", {{"rk", true}}}, {"prf", {{"enabled", true}, {"results", {{"first", "AA"}}}}}};
  EXPECT_EQ(finish(body), "200");
  const auto records = server_.store().find_user(site_.id, "alice", true)->credentials;
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].discoverable, true);
  EXPECT_TRUE(records[0].extra.empty());  // PRF results are nobody's business here
}

}  // namespace
}  // namespace masterkey2::testing
