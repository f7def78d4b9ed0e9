// Key ring, epoch, tenants and housekeeping: what requests share.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "service/authentication_service.hpp"
#include "service/housekeeping.hpp"
#include "service/tenant_signing_key.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

class SharedState : public ::testing::Test {
 protected:
  /// A second process on the same store, with another key ring or the same.
  std::unique_ptr<Services> another(KeyRing ring, bool local_reads) {
    return std::make_unique<Services>(
        *server_.storage, ring, [ring]() -> Result<KeyRing, KeyRingError> { return ring; },
        server_.clock, system_random(),
        ServiceOptions{.base_url = TestServer::kBaseUrl, .local_reads = local_reads});
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
};

TEST_F(SharedState, ReadsTheEpochOnceAndAgainForTokensThatDoNotOpen) {
  const std::string token = server_.session_token(site_);
  ASSERT_EQ(server_.begin_authentication(site_, token).status, 200);
  server_.clock.advance(10'000);
  int epoch_reads = 0;
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    epoch_reads += call == "read_installation";
    return std::nullopt;
  };
  ASSERT_EQ(server_.begin_authentication(site_, token).status, 200);
  EXPECT_EQ(epoch_reads, 0);
  std::string changed = token;
  changed.back() = changed.back() == 'A' ? 'B' : 'A';
  changed[40] = changed[40] == 'A' ? 'B' : 'A';
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(server_.begin_authentication(site_, changed).status, 401);
  }
  EXPECT_LE(epoch_reads, 1);  // strangers cannot make it read more often than once a second
}

TEST_F(SharedState, OpensTokensOfAnEpochThatAnotherProcessRaised) {
  static_cast<void>(server_.session_token(site_));
  const auto other = another(*server_.services->keys.current(), true);
  ASSERT_EQ(server_.store().raise_epoch(1, server_.clock.now()).value(), Outcome::kDone);
  server_.clock.advance(2'000);
  ASSERT_EQ(other->installation.refresh().value(), 2U);
  const auto access = server_.store().find_api_key(
      server_.store().list_api_keys(site_.id, server_.clock.now())->at(0).digest,
      server_.clock.now());
  ASSERT_TRUE(access);
  EXPECT_EQ((*access)->epoch, 2U);
  EXPECT_EQ(server_.begin_authentication(site_, server_.session_token(site_)).summary(), "200");
}

TEST_F(SharedState, ReloadsATenantWhenItsGenerationHasChanged) {
  TenantCache& tenants = server_.services->tenants;
  const auto first = tenants.at_generation(site_.id, 1).value();
  server_.storage->reset_counts();
  EXPECT_EQ(tenants.at_generation(site_.id, 1).value(), first);
  EXPECT_EQ(server_.storage->reads(), 0);
  server_.change_settings(site_, [](TenantSettings& settings) { settings.rp_name = "New"; });
  EXPECT_EQ(tenants.at_generation(site_.id, 2).value()->settings.rp_name, "New");
  EXPECT_EQ(server_.storage->reads(), 1);
}

TEST_F(SharedState, KnowsThatATenantIsGone) {
  const auto id = system_random().identifier<TenantId>();
  EXPECT_EQ(server_.services->tenants.recent(id).value(), nullptr);
  EXPECT_EQ(server_.services->tenants.at_generation(id, 1).value(), nullptr);
}

TEST_F(SharedState, UsesTheNewestSigningKeyWhoseTimeHasCome) {
  Tenant tenant = server_.store().find_tenant(site_.id)->value();
  const UnixMillis later = server_.clock.now() + 600'000;
  tenant.signing_keys.push_back(make_tenant_signing_key(site_.id, SigningKeyState::kActive, later,
                                                        *server_.services->keys.current(),
                                                        system_random(), server_.clock.now()));
  Guard guard{.tenant = site_.id, .now = server_.clock.now()};
  guard.tenant_generation = tenant.generation;
  const auto audit = server_.services->audit.draft(site_.id, {}, 1, {.type = "test"});
  ASSERT_EQ(server_.store().update_tenant(guard, tenant, audit.entry()).value(), Outcome::kDone);
  TenantCache& tenants = server_.services->tenants;
  const auto kid = [&] { return tenants.at_generation(site_.id, 2).value()->signing_key_id; };
  EXPECT_EQ(kid(), tenant.signing_keys[0].id);
  server_.clock.advance(599'999);
  EXPECT_EQ(kid(), tenant.signing_keys[0].id);
  server_.clock.advance(1);
  EXPECT_EQ(kid(), tenant.signing_keys[1].id);
}

TEST_F(SharedState, LeavesTheSignInUntakenWhenNoSigningKeyOpens) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const std::string auth = server_.sign_in(site_, server_.session_token(site_), passkey);
  Tenant tenant = server_.store().find_tenant(site_.id)->value();
  Tenant broken = tenant;
  broken.signing_keys[0].wrapped_private_key[0] ^= 1;
  const auto update = [&](const Tenant& row, std::uint64_t generation) {
    Guard guard{.tenant = site_.id, .now = server_.clock.now()};
    guard.tenant_generation = generation;
    const auto audit = server_.services->audit.draft(site_.id, {}, 1, {.type = "test"});
    return server_.store().update_tenant(guard, row, audit.entry()).value();
  };
  ASSERT_EQ(update(broken, 1), Outcome::kDone);
  EXPECT_EQ(server_.verify(site_, {{"token", auth}}).summary(), "500 internal");
  ASSERT_EQ(update(tenant, 2), Outcome::kDone);
  EXPECT_EQ(server_.verify(site_, {{"token", auth}}).body.at("verified"), true);
}

TEST_F(SharedState, BeginsFromMemoryOnABackendWithoutLocalReads) {
  const auto services = another(*server_.services->keys.current(), false);
  const auto token = open_session_token(*services, server_.session_token(site_));
  ASSERT_TRUE(token);
  Call call;
  call.origin = site_.origin;
  ASSERT_TRUE(begin_authentication(*services, *token, call));
  server_.storage->reset_counts();
  server_.clock.advance(5'000);
  EXPECT_TRUE(begin_authentication(*services, *token, call));
  EXPECT_EQ(server_.storage->reads(), 0);
  server_.storage->hook = [](std::string_view) -> std::optional<StorageError> {
    return StorageError{StorageErrorCode::kUnavailable, ""};
  };
  server_.clock.advance(55'000);
  EXPECT_TRUE(begin_authentication(*services, *token, call));
  server_.clock.advance(1);
  EXPECT_EQ(begin_authentication(*services, *token, call).error().code,
            ErrorCode::kStorageUnavailable);
}

TEST_F(SharedState, IsKeptByHousekeepingThatStopsAtOnce) {
  std::mutex mutex;
  std::condition_variable seen;
  bool read = false;
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    if (call == "read_installation") {
      const std::lock_guard lock(mutex);
      read = true;
      seen.notify_all();
    }
    return std::nullopt;
  };
  Housekeeping housekeeping(*server_.services, [](std::string_view) {});
  housekeeping.hurry();
  std::unique_lock lock(mutex);
  EXPECT_TRUE(seen.wait_for(lock, std::chrono::seconds(60), [&] { return read; }));
}

}  // namespace
}  // namespace masterkey2::testing
