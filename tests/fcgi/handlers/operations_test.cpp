// What operators do to a running installation: signing keys, and a storage that was put back.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "encoding/base64url.hpp"
#include "service/housekeeping.hpp"
#include "service/operator_service.hpp"
#include "service/rollback_guard.hpp"
#include "service/signing_key_rotation.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

class SigningKeys : public ::testing::Test {
 protected:
  Tenant tenant() { return server_.store().find_tenant(site_.id).value().value(); }
  Tenant done(const Result<Tenant, std::string>& changed) {
    EXPECT_TRUE(changed) << (changed ? "" : changed.error());
    return changed ? *changed : tenant();
  }
  Tenant add() {
    return done(add_signing_key(session_, tenant(), *server_.services->keys.current(),
                                system_random(), server_.clock.now()));
  }
  std::size_t published() {
    server_.clock.advance(6'000);  // beyond what begin and the key set may keep
    return server_.call("GET", "/api/v1/jwks/" + site_.id_text, {}).body.at("keys").size();
  }
  /// `kid` of a fresh assertion.
  std::string signs() {
    const std::string token = server_.sign_in(site_, server_.session_token(site_), passkey_);
    const std::string assertion = server_.verify(site_, {{"token", token}}).body.at("assertion");
    const auto header = base64url_decode(assertion.substr(0, assertion.find('.')));
    return Json::parse(as_text(header.value())).at("kid");
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const support::VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  OperatorSession session_{server_.store(), system_random(), server_.clock};
  const std::string first_ = tenant().signing_keys.at(0).id;
};

TEST_F(SigningKeys, AreChangedWithoutAMomentThatNoKeySigns) {
  const std::string second = add().signing_keys.at(1).id;
  EXPECT_EQ(published(), 2U);
  EXPECT_EQ(signs(), first_);

  done(activate_signing_key(session_, tenant(), second, server_.clock.now()));
  EXPECT_EQ(signs(), first_);  // not before its tenth minute in the key set
  server_.clock.advance(kKeySetHeadStart);
  EXPECT_EQ(signs(), second);
  EXPECT_EQ(published(), 2U);

  EXPECT_FALSE(retire_signing_key(session_, tenant(), first_, server_.clock.now()));
  server_.clock.advance(kAssertionsExpire);
  done(retire_signing_key(session_, tenant(), first_, server_.clock.now()));
  EXPECT_EQ(published(), 1U);
  EXPECT_EQ(signs(), second);
}

TEST_F(SigningKeys, TheOneThatSignsStays) {
  EXPECT_FALSE(retire_signing_key(session_, tenant(), first_, server_.clock.now()));
  const std::string second = add().signing_keys.at(1).id;
  EXPECT_FALSE(retire_signing_key(session_, tenant(), first_, server_.clock.now()));
  done(retire_signing_key(session_, tenant(), second, server_.clock.now()));  // was pending
  EXPECT_EQ(signs(), first_);
}

TEST_F(SigningKeys, WrongNamesStatesAndTooManyAreRefused) {
  EXPECT_FALSE(activate_signing_key(session_, tenant(), "nonsense", server_.clock.now()));
  EXPECT_FALSE(activate_signing_key(session_, tenant(), first_, server_.clock.now()));
  EXPECT_FALSE(retire_signing_key(session_, tenant(), "nonsense", server_.clock.now()));
  for (int i = 1; i < 8; ++i) add();
  EXPECT_FALSE(add_signing_key(session_, tenant(), *server_.services->keys.current(),
                               system_random(), server_.clock.now()));
}

TEST_F(SigningKeys, AChangeThatCameBetweenIsNotOverwritten) {
  const Tenant stale = tenant();
  add();
  EXPECT_FALSE(add_signing_key(session_, stale, *server_.services->keys.current(), system_random(),
                               server_.clock.now()));
}

class Rollback : public ::testing::Test {
 protected:
  Installation stored() { return server_.store().read_installation().value(); }
  std::optional<std::string> doubt() { return storage_doubt(server_.store(), anchor_).value(); }
  void beat_times(int times) {
    for (int i = 0; i < times; ++i) {
      const auto done = beat(server_.store(), anchor_, server_.clock.now());
      ASSERT_TRUE(done) << done.error();
    }
  }
  /// The host has seen more than the storage shows.
  void roll_back(std::uint64_t epochs = 0) {
    const Installation now = stored();
    ASSERT_TRUE(write_storage_anchor(anchor_, {now.id, now.epoch + epochs, now.heartbeat + 5}));
  }

  TestServer server_;
  const std::string anchor_ = server_.folder / "storage_anchor.json";
};

TEST_F(Rollback, TheAnchorFollowsTheStorage) {
  EXPECT_FALSE(read_storage_anchor(anchor_).value());
  beat_times(3);
  EXPECT_EQ(read_storage_anchor(anchor_).value(),
            (StorageAnchor{stored().id, stored().epoch, stored().heartbeat}));
  EXPECT_EQ(stored().heartbeat, 3U);
  EXPECT_FALSE(doubt());
}

TEST_F(Rollback, AnOlderStorageIsDoubtedAndGetsNoHeartbeat) {
  beat_times(2);
  roll_back();
  EXPECT_TRUE(doubt());
  EXPECT_FALSE(beat(server_.store(), anchor_, server_.clock.now()));
  EXPECT_EQ(stored().heartbeat, 2U);
}

TEST_F(Rollback, TheHeartbeatOfAnotherProcessIsNoReasonToDoubt) {
  beat_times(1);
  std::atomic<bool> beating = true;
  std::vector<std::future<std::optional<std::string>>> lookers;
  for (int i = 0; i < 2; ++i) {
    lookers.push_back(std::async(std::launch::async, [&] {
      std::optional<std::string> doubted;
      while (beating && !doubted) doubted = doubt();
      return doubted;
    }));
  }
  beat_times(150);
  beating = false;
  for (auto& looker : lookers) EXPECT_EQ(looker.get(), std::nullopt);
}

TEST_F(Rollback, AnotherInstallationIsNoOlderOne) {
  ASSERT_TRUE(write_storage_anchor(anchor_, {system_random().identifier<Digest>(), 9, 9'000}));
  EXPECT_FALSE(doubt());
  beat_times(1);
}

TEST_F(Rollback, ADamagedAnchorIsNoReasonToTrust) {
  for (const char* text : {"", "{}", "[1]", "{\"installation\":\"AA\",\"epoch\":1,\"heartbeat\":1}",
                           "{\"installation\":1,\"epoch\":-1,\"heartbeat\":1}"}) {
    std::ofstream(anchor_, std::ios::trunc) << text;
    EXPECT_FALSE(read_storage_anchor(anchor_)) << text;
    EXPECT_TRUE(doubt()) << text;
  }
}

TEST_F(Rollback, PostRestoreRaisesTheEpochAboveEveryOneThatWasInUse) {
  beat_times(2);
  const std::uint64_t before = stored().epoch;
  roll_back(3);
  const auto epoch = accept_restored_storage(server_.store(), anchor_, server_.clock.now());
  ASSERT_TRUE(epoch) << epoch.error();
  EXPECT_EQ(*epoch, before + 4);
  EXPECT_FALSE(doubt());
  beat_times(1);
}

TEST_F(Rollback, AStorageWithAPastMayBeACopyWhereNobodyRemembersIt) {
  const auto put_back = [&] { return rows_put_back_at(stored(), anchor_, server_.clock.now()); };
  EXPECT_EQ(put_back(), 0);  // new
  beat_times(2);
  server_.clock.advance(1'000);
  EXPECT_EQ(put_back(), 0);  // this host has seen it from its beginning
  std::filesystem::remove(anchor_);
  const UnixMillis met = server_.clock.now();
  EXPECT_EQ(put_back(), met);
  beat_times(1);
  server_.clock.advance(1'000);
  EXPECT_EQ(put_back(), met);
  EXPECT_EQ(read_storage_anchor(anchor_).value()->since, met);
  server_.clock.advance(1'000);
  ASSERT_TRUE(accept_restored_storage(server_.store(), anchor_, server_.clock.now()));
  EXPECT_EQ(put_back(), server_.clock.now());
  EXPECT_EQ(read_storage_anchor(anchor_).value()->since, met);
  std::ofstream(anchor_, std::ios::trunc) << "{}";
  EXPECT_FALSE(put_back());
}

TEST_F(Rollback, AnAnchorOfAnOlderVersionIsReadAsOneFromTheBeginning) {
  beat_times(2);
  const std::string id = base64url_encode(stored().id.view());
  std::ofstream(anchor_, std::ios::trunc)
      << R"({"installation":")" << id << R"(","epoch":1,"heartbeat":2})";
  EXPECT_EQ(rows_put_back_at(stored(), anchor_, server_.clock.now()), 0);
  std::ofstream(anchor_, std::ios::trunc)
      << R"({"installation":")" << id << R"(","epoch":1,"heartbeat":2,"since":-1})";
  EXPECT_FALSE(read_storage_anchor(anchor_));
}

TEST_F(Rollback, HousekeepingSaysSo) {
  beat_times(2);
  roll_back();
  std::promise<std::string> said;
  bool once = false;
  Housekeeping housekeeping(
      *server_.services, [](std::string_view) {}, {},
      {.anchor_path = anchor_, .on_rollback = [&](const std::string& sentence) {
         if (!std::exchange(once, true)) said.set_value(sentence);
       }});
  housekeeping.hurry();
  auto future = said.get_future();
  ASSERT_EQ(future.wait_for(std::chrono::seconds(60)), std::future_status::ready);
  EXPECT_NE(future.get().find("post-restore"), std::string::npos);
}

}  // namespace
}  // namespace masterkey2::testing
