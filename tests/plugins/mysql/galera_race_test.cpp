// The same thing done on all nodes at once: one wins, everywhere the same one.
#include "plugins/mysql/galera_test.hpp"

namespace masterkey2::testing {
namespace {

class GaleraRaces : public GaleraTest {
 protected:
  /// Rows on a node, as a client that reads there now sees them.
  [[nodiscard]] std::uint64_t rows_of(unsigned node, const std::string& table) const {
    return cluster().node(node).number("SELECT COUNT(*) FROM " + database() + "." + table);
  }
};

TEST_F(GaleraRaces, OneOfAllCommitsOfASignInWins) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const std::uint64_t number = 10'000 + round;
    // Every other one writes the credential's record, too: then they already meet there.
    const auto answers = on_all_at_once([&](unsigned node) {
      CommitSignIn commit = make_sign_in(1, 1, 1, number, number);
      set_chain(commit.audit, node);
      if (round % 2 == 1) {
        commit.update.emplace();
        commit.update->expected_version = 1 + round / 2;
      }
      return on(node).commit_sign_in(commit);
    });
    expect_one(answers, Outcome::kDone, Outcome::kClaimTaken);
    if (HasFailure()) FAIL() << "round " << round;
  }
  for (unsigned node = 0; node < kNodes; ++node) {
    EXPECT_EQ(rows_of(node, "claims WHERE kind = 1"), galera_rounds());
    EXPECT_EQ(rows_of(node, "audit WHERE sequence >= 110000"), galera_rounds());
  }
}

TEST_F(GaleraRaces, OneOfAllTakesOfASignInWins) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const std::uint64_t number = 10'000 + round;
    const CommitSignIn commit = make_sign_in(1, 1, 1, number, number);
    ASSERT_THAT(settled([&] { return on(round % kNodes).commit_sign_in(commit); }),
                Answers(Outcome::kDone));
    const bool by_session = round % 2 == 1;
    const auto answers = on_all_at_once([&](unsigned node) {
      TakeSignIn take = by_session ? make_take_by_session(1, number) : make_take(1, number);
      set_chain(take.audit, node);
      const auto taken = on(node).take_sign_in(take);
      return taken ? StorageResult<TakeOutcome>(taken->outcome)
                   : StorageResult<TakeOutcome>(taken.error());
    });
    expect_one(answers, TakeOutcome::kTaken,
               by_session ? TakeOutcome::kNone : TakeOutcome::kAlreadyTaken);
    if (HasFailure()) FAIL() << "round " << round;
  }
  for (unsigned node = 0; node < kNodes; ++node) {
    EXPECT_EQ(rows_of(node, "audit WHERE taking IS NOT NULL"), galera_rounds());
  }
}

TEST_F(GaleraRaces, UserOfOneNameIsMadeOnce) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const auto answers = on_all_at_once([&](unsigned node) {
      PutUser put = make_put_user(1, 100 + round);
      put.user.handle = id_of<UserHandle>(1'000'000 + round * kNodes + node);
      set_chain(put.audit, node);
      return on(node).put_user(put);
    });
    unsigned created = 0;
    for (const auto& answer : answers) {
      ASSERT_TRUE(*answer) << answer->error().detail;
      EXPECT_EQ((*answer)->outcome, Outcome::kDone);
      EXPECT_EQ((*answer)->user.handle, (*answers[0])->user.handle);
      if ((*answer)->created) ++created;
    }
    EXPECT_EQ(created, 1U);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraRaces, RpIdAndDigestOfAKeyAreGivenOnce) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const std::uint64_t first = 100 + round * kNodes;
    const auto tenants = on_all_at_once([&](unsigned node) {
      InsertTenant insert = make_insert_tenant(first + node);
      insert.tenant.rp_id = "site" + std::to_string(round) + ".example";
      set_chain(insert.audit, node);
      return on(node).insert_tenant(insert);
    });
    expect_one(tenants, Outcome::kDone, Outcome::kAlreadyExists);
    const auto keys = on_all_at_once([&](unsigned node) {
      ApiKey key = make_api_key(1, 1'000'000 + first + node);
      key.digest = id_of<Digest>(2'000'000 + round);
      key.expires_at = kNow + 1;
      AuditEntry audit = make_audit(1, 500'000 + round);
      set_chain(audit, node);
      Guard guard = make_guard(1);
      guard.now = kNow + 2 * round;  // those of the rounds before are dead
      key.expires_at = guard.now + 1;
      return on(node).insert_api_key(guard, key, 20, audit);
    });
    expect_one(keys, Outcome::kDone, Outcome::kAlreadyExists);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraRaces, NoTenantHasMoreKeysThanItsLimit) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const auto answers = on_all_at_once([&](unsigned node) {
      AuditEntry audit = make_audit(1, 500'000 + round);
      set_chain(audit, node);
      return on(node).insert_api_key(make_guard(1), make_api_key(1, 100 + node), 2, audit);
    });
    expect_one(answers, Outcome::kDone, Outcome::kLimitReached);
    if (HasFailure()) FAIL() << "round " << round;
    for (unsigned node = 0; node < kNodes; ++node) {
      AuditEntry audit = make_audit(1, 600'000 + round);
      set_chain(audit, node);
      const ApiKeyId key = make_api_key(1, 100 + node).id;
      ASSERT_TRUE(settled([&] { return on(node).erase_api_key(make_guard(1), key, audit); }));
    }
  }
}

TEST_F(GaleraRaces, NoUserHasMorePasskeysThanTheLimit) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const std::uint64_t user = 100 + round;
    ASSERT_TRUE(settled([&] { return on(round % kNodes).put_user(make_put_user(1, user)); }));
    const auto answers = on_all_at_once([&](unsigned node) {
      CommitRegistration commit = make_registration(1, user, 1'000 + round * kNodes + node);
      commit.max_credentials = 1;
      set_chain(commit.audit, node);
      return on(node).commit_registration(commit);
    });
    expect_one(answers, Outcome::kDone, Outcome::kLimitReached);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraRaces, VersionOfARecordIsReplacedOnce) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const auto answers = on_all_at_once([&](unsigned node) {
      return on(node).put_ephemeral(make_guard(1), as_bytes("key"), round,
                                    as_bytes(std::to_string(node)), kLater);
    });
    expect_one(answers, Outcome::kDone,
               round == 0 ? Outcome::kAlreadyExists : Outcome::kVersionChanged);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraRaces, WhatWasWrittenOnANodeIsReadOnTheOthersAtOnce) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    PutUser put = make_put_user(1, 1);
    put.user.display_name = "name " + std::to_string(round);
    put.audit = make_audit(1, 700'000 + round);
    const unsigned writer = round % kNodes;
    ASSERT_TRUE(settled([&] { return on(writer).put_user(put); }));
    const auto answers = on_all_at_once([&](unsigned node) {
      return on(node).find_user(put.guard.tenant, put.user.external_id, false);
    });
    for (const auto& answer : answers) {
      ASSERT_TRUE(*answer) << answer->error().detail;
      EXPECT_EQ((*answer)->user->display_name, put.user.display_name);
    }
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraRaces, SchemaIsMadeOnce) {
  for (unsigned round = 0; round < std::min(galera_rounds(), 10U); ++round) {
    const TemporaryFolder folder;
    const std::string name = database_for(folder.path());
    cluster().create_database(name);
    const auto answers = on_all_at_once([&](unsigned node) {
      PluginRequest own = request(node);
      own.options["database"] = name;
      return load(own).storage().initialize(make_installation());
    });
    expect_one(answers, Outcome::kDone, Outcome::kAlreadyExists);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

}  // namespace
}  // namespace masterkey2::testing
