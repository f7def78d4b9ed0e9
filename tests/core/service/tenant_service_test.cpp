#include "service/tenant_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "crypto/sha256.hpp"
#include "service/tenant_signing_key.hpp"
#include "storage/plugin_loader.hpp"
#include "tests/support/fake_random.hpp"
#include "tests/support/temporary_folder.hpp"

namespace masterkey2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr UnixMillis kNow = 1'700'000'000'000;
constexpr UnixMillis kDay = 86'400'000;

class FixedClock final : public Clock {
 public:
  [[nodiscard]] UnixMillis now() const override { return kNow; }
};

class SilentHost final : public HostServices {
 public:
  void log(PluginLogLevel /*level*/, std::string_view /*text*/) override {}
};

LoadedStorage open_store(const std::string& path, HostServices& host) {
  PluginRequest request;
  request.plugin_dir = MASTERKEY2_PLUGIN_DIR;
  request.name = "flatfile";
  request.options = {{"path", path}};
  request.allow_own_plugins = true;
  auto storage = load_storage(request, host);
  if (!storage) throw std::runtime_error(storage.error().detail);
  return std::move(*storage);
}

class TenantService : public ::testing::Test {
 protected:
  TenantService() {
    Installation installation;
    installation.id = random_.identifier<Digest>();
    installation.created_at = kNow;
    const auto made = storage().initialize(installation);
    if (!made) throw std::runtime_error(made.error().detail);
  }
  Storage& storage() { return loaded_.storage(); }

  static CreateTenant request(std::string rp_id = "example.com",
                              std::vector<std::string> origins = {"https://example.com"}) {
    CreateTenant request;
    request.name = "Example";
    request.rp_id = std::move(rp_id);
    request.origins = std::move(origins);
    return request;
  }
  Result<CreatedTenant, std::string> create(const CreateTenant& wanted) {
    return create_tenant(wanted, storage(), ring_, random_, clock_, base_url_);
  }
  CreatedTenant created(const CreateTenant& wanted) {
    auto result = create(wanted);
    if (!result) throw std::runtime_error(result.error());
    return std::move(*result);
  }
  std::string refused(const CreateTenant& wanted) {
    const auto result = create(wanted);
    EXPECT_FALSE(result);
    return result ? "" : result.error();
  }
  std::size_t tenant_count() { return storage().list_tenants({})->items.size(); }
  TenantSettings stored_settings(const TenantId& id) {
    return *decode_tenant_settings((*storage().find_tenant(id))->settings);
  }

  testing::TemporaryFolder folder_;
  SilentHost host_;
  LoadedStorage loaded_ = open_store(folder_ / "data", host_);
  testing::FakeRandom random_;
  FixedClock clock_;
  KeyRing ring_ = KeyRing::generate(random_, kNow);
  std::string base_url_ = "https://auth.example.net";
};

TEST_F(TenantService, StoresWhatWasAskedFor) {
  CreateTenant wanted =
      request("Example.COM", {"https://example.com", "https://App.example.com:443"});
  wanted.settings.user_verification = webauthn::UserVerification::kPreferred;
  const CreatedTenant made = created(wanted);

  const auto found = storage().find_tenant(made.tenant.id);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(**found, made.tenant);
  EXPECT_EQ((*found)->name, "Example");
  EXPECT_EQ((*found)->rp_id, "example.com");
  EXPECT_EQ((*found)->generation, 1U);
  EXPECT_TRUE((*found)->enabled);
  EXPECT_EQ((*found)->created_at, kNow);
  const TenantSettings settings = stored_settings(made.tenant.id);
  EXPECT_THAT(settings.origins, ElementsAre("https://example.com", "https://app.example.com"));
  EXPECT_EQ(settings.user_verification, webauthn::UserVerification::kPreferred);
  EXPECT_EQ(settings.rp_name, "Example");
}

TEST_F(TenantService, KeepsAnRpNameOfItsOwn) {
  CreateTenant wanted = request();
  wanted.settings.rp_name = "Shop";
  EXPECT_EQ(stored_settings(created(wanted).tenant.id).rp_name, "Shop");
}

TEST_F(TenantService, ItsApiKeyOpensAndIsStoredAsDigestAlone) {
  const CreatedTenant made = created(request());
  EXPECT_THAT(made.api_key, MatchesRegex("bvsk_[A-Za-z0-9_-]{43}"));
  const auto access = storage().find_api_key(*api_key_digest(made.api_key), kNow);
  ASSERT_TRUE(access && *access);
  EXPECT_EQ((*access)->key, made.key);
  EXPECT_EQ((*access)->key.tenant, made.tenant.id);
  EXPECT_EQ((*access)->key.scopes, kAllKeyScopes);
  EXPECT_EQ((*access)->key.prefix, made.api_key.substr(0, 12));
  EXPECT_EQ((*access)->key.lineage, (*access)->key.id);
  EXPECT_EQ((*access)->key.expires_at, 0);
}

TEST_F(TenantService, ItsSigningKeyIsActiveAndWrappedByTheRing) {
  const CreatedTenant made = created(request());
  ASSERT_EQ(made.tenant.signing_keys.size(), 1U);
  const SigningKey& key = made.tenant.signing_keys.front();
  EXPECT_EQ(key.state, SigningKeyState::kActive);
  EXPECT_EQ(key.activates_at, kNow);
  EXPECT_EQ(key.wrapped_by, ring_.active().id);
  const auto pair = open_tenant_signing_key(made.tenant.id, key, ring_);
  ASSERT_TRUE(pair);
  const Bytes signature = pair->sign(as_bytes("message"));
  EXPECT_TRUE(verify_es256(key.public_point, as_bytes("message"), signature));
}

TEST_F(TenantService, ItsSigningKeyOpensForNoOtherTenantIdOrRing) {
  const CreatedTenant made = created(request());
  const SigningKey& key = made.tenant.signing_keys.front();
  TenantId other_tenant = made.tenant.id;
  other_tenant.bytes[0] ^= 1;
  EXPECT_FALSE(open_tenant_signing_key(other_tenant, key, ring_));
  SigningKey renamed = key;
  renamed.id += "A";
  EXPECT_FALSE(open_tenant_signing_key(made.tenant.id, renamed, ring_));
  EXPECT_FALSE(open_tenant_signing_key(made.tenant.id, key, KeyRing::generate(random_, kNow)));
}

TEST_F(TenantService, ItsCreationIsAuditedFor400Days) {
  const CreatedTenant made = created(request());
  const auto page = storage().list_audit(made.tenant.id, {}, {});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->items.front().type, "tenant.created");
  EXPECT_EQ(page->items.back().type, "audit.seal");
  EXPECT_EQ(page->items.front().keep_until, kNow + 400 * kDay);
}

TEST_F(TenantService, IdsDifferAndNeverBeginWithAHyphen) {
  std::set<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    const CreatedTenant made = created(request("localhost", {"http://localhost:3000"}));
    const std::string text = tenant_id_text(made.tenant.id);
    EXPECT_EQ(text.size(), 22U);
    EXPECT_NE(text.front(), '-');
    EXPECT_EQ(parse_tenant_id(text), made.tenant.id);
    ids.insert(text);
  }
  EXPECT_EQ(ids.size(), 200U);
}

TEST_F(TenantService, AnRpIdHasOneOwner) {
  created(request());
  EXPECT_THAT(refused(request("EXAMPLE.com")), HasSubstr("belongs to another tenant"));
  EXPECT_EQ(tenant_count(), 1U);
}

TEST_F(TenantService, LocalhostMayHaveMany) {
  created(request("localhost", {"http://localhost:3000"}));
  created(request("localhost", {"http://localhost:3000"}));
  EXPECT_EQ(tenant_count(), 2U);
}

TEST_F(TenantService, OriginsMustBeAbleToUseTheRpId) {
  EXPECT_THAT(refused(request("app.example.com", {"https://example.com"})),
              HasSubstr("`https://example.com` cannot use rp_id `app.example.com`"));
  EXPECT_THAT(refused(request("example.com", {"https://example.org"})), HasSubstr("cannot use"));
  EXPECT_THAT(refused(request("example.com", {"https://notexample.com"})), HasSubstr("cannot use"));
  EXPECT_THAT(refused(request("example.com", {})), HasSubstr("needs an origin"));
}

TEST_F(TenantService, OriginsAreCountedUpTo64) {
  std::vector<std::string> origins;
  for (int i = 1; i <= 64; ++i) origins.push_back("https://a" + std::to_string(i) + ".example.com");
  CreateTenant too_many = request("example.com", origins);
  too_many.origins.emplace_back("https://example.com");
  EXPECT_THAT(refused(too_many), HasSubstr("64"));
  EXPECT_EQ(stored_settings(created(request("example.com", origins)).tenant.id).origins.size(),
            64U);
}

TEST_F(TenantService, RelatedOriginsHaveAtMostFiveNames) {
  CreateTenant wanted = request();
  wanted.settings.related_origins = {"https://example.co.uk",
                                     "https://www.example.org:8443",
                                     "https://second.example.com",
                                     "https://a.net",
                                     "https://b.net",
                                     "https://c.net",
                                     "https://d.net"};
  EXPECT_TRUE(create(wanted));
  wanted = request("example.net", {"https://example.net"});
  wanted.settings.related_origins = {"https://a.net", "https://b.net", "https://c.net",
                                     "https://d.net", "https://e.net", "https://f.net"};
  EXPECT_THAT(refused(wanted), HasSubstr("`https://f.net`"));
  wanted.settings.related_origins = {"https://co.uk"};
  EXPECT_THAT(refused(wanted), HasSubstr("no registrable domain"));
}

TEST_F(TenantService, TheServersOwnOriginIsForLocalhostAlone) {
  base_url_ = "https://auth.example.com/passkeys";
  EXPECT_THAT(refused(request("example.com", {"https://auth.example.com"})), HasSubstr("base_url"));
  EXPECT_TRUE(create(request("example.com", {"https://auth.example.com:8443"})));
  base_url_ = "http://localhost:8081";
  EXPECT_TRUE(create(request("localhost", {"http://localhost:8081"})));
}

TEST_F(TenantService, RefusesWhatCannotBeATenantAndStoresNothing) {
  CreateTenant nameless = request();
  nameless.name.clear();
  CreateTenant broken_name = request();
  broken_name.name = "\xFF";
  CreateTenant broken_settings = request();
  broken_settings.settings.max_credentials_per_user = 0;
  for (const CreateTenant& wanted :
       {nameless, broken_name, broken_settings, request("co.uk", {"https://co.uk"}),
        request("192.0.2.1", {"https://192.0.2.1"}), request("https://example.com"),
        request("example.com", {"http://example.com"})}) {
    EXPECT_NE(refused(wanted), "");
  }
  EXPECT_EQ(tenant_count(), 0U);
}

TEST_F(TenantService, ChangesSettingsAndGeneration) {
  const Tenant before = created(request()).tenant;
  TenantSettings settings = stored_settings(before.id);
  settings.origins = {"https://New.example.com"};
  settings.counter_policy = webauthn::CounterPolicy::kRefuse;
  const auto changed =
      change_tenant_settings(before, settings, storage(), random_, clock_, base_url_);
  ASSERT_TRUE(changed) << changed.error();
  EXPECT_EQ(changed->generation, 2U);
  EXPECT_EQ(**storage().find_tenant(before.id), *changed);
  EXPECT_THAT(stored_settings(before.id).origins, ElementsAre("https://new.example.com"));
  EXPECT_EQ(stored_settings(before.id).counter_policy, webauthn::CounterPolicy::kRefuse);
  EXPECT_EQ(storage().list_audit(before.id, {}, {})->items.size(), 4U);  // each with its seal
}

TEST_F(TenantService, ASecondChangeOfTheSameGenerationIsRefused) {
  const Tenant before = created(request()).tenant;
  const TenantSettings settings = stored_settings(before.id);
  ASSERT_TRUE(change_tenant_settings(before, settings, storage(), random_, clock_, base_url_));
  const auto second =
      change_tenant_settings(before, settings, storage(), random_, clock_, base_url_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("meanwhile"));
}

TEST_F(TenantService, AChangeIsCheckedLikeACreation) {
  const Tenant before = created(request()).tenant;
  TenantSettings settings = stored_settings(before.id);
  settings.origins = {"https://example.org"};
  EXPECT_FALSE(change_tenant_settings(before, settings, storage(), random_, clock_, base_url_));
  EXPECT_EQ(**storage().find_tenant(before.id), before);
}

TEST(ApiKeyDigest, IsTheSha256OfTheText) {
  testing::FakeRandom random;
  const std::string key = make_api_key(random);
  EXPECT_EQ(api_key_digest(key), sha256(as_bytes(key)));
}

TEST(ApiKeyDigest, IsAbsentForOtherTexts) {
  testing::FakeRandom random;
  const std::string key = make_api_key(random);
  for (const std::string& text :
       {std::string(), key.substr(5), key + "A", key.substr(0, key.size() - 1),
        "BVSK_" + key.substr(5), " " + key, key + "\n", key.substr(0, 47) + "+"}) {
    EXPECT_EQ(api_key_digest(text), std::nullopt) << text;
  }
}

TEST(TenantIdText, RefusesOtherTexts) {
  EXPECT_EQ(parse_tenant_id(""), std::nullopt);
  EXPECT_EQ(parse_tenant_id("AAAAAAAAAAAAAAAAAAAAA"), std::nullopt);
  EXPECT_EQ(parse_tenant_id("AAAAAAAAAAAAAAAAAAAAAAA"), std::nullopt);
  EXPECT_EQ(parse_tenant_id("AAAAAAAAAAAAAAAAAAAAAB"), std::nullopt);
  EXPECT_TRUE(parse_tenant_id("AAAAAAAAAAAAAAAAAAAAAA"));
}

}  // namespace
}  // namespace masterkey2
