// I6 over nodes: what starts after something was ended on one node, ends on all others.
#include <atomic>
#include <functional>

#include "plugins/mysql/galera_test.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::uint64_t kSignIns = 4;

class GaleraEnds : public GaleraTest {
 protected:
  void SetUp() override {
    GaleraTest::SetUp();
    add_tenant(2);
    add_user(2, 1);
  }

  /// Sign-ins are finished and taken on the other nodes while node 0 does `end`. None that began
  /// after `end` was answered succeeds. `guard`: what the calls rest on.
  void race(const std::function<StorageResult<Outcome>()>& end, const Guard& guard) {
    for (std::uint64_t i = 0; i < kSignIns; ++i) {
      const CommitSignIn commit = sign_in(guard, ++number_);
      ASSERT_THAT(settled([&] { return on(0).commit_sign_in(commit); }), Answers(Outcome::kDone));
    }
    const std::uint64_t first = number_ - kSignIns + 1;
    std::atomic<bool> ended = false;
    const auto answers = on_all_at_once([&](unsigned node) -> StorageResult<Outcome> {
      if (node == 0) {
        auto answer = settled(end);
        ended = true;
        return answer;
      }
      bool before = false;
      for (std::uint64_t i = 0; !before; ++i) {
        before = ended;
        const bool good =
            node == 1
                ? take(guard, first + i % kSignIns)
                : is_done(on(2).commit_sign_in(sign_in(guard, 1'000'000 + number_ * 100'000 + i)));
        if (good && before) return Outcome::kLimitReached;  // too late
      }
      return Outcome::kDone;
    });
    ASSERT_THAT(*answers[0], Answers(Outcome::kDone));
    for (const auto& answer : answers) EXPECT_THAT(*answer, Answers(Outcome::kDone));
    // And those that were not taken stay untaken.
    for (std::uint64_t i = 0; i < kSignIns; ++i) EXPECT_FALSE(take(guard, first + i));
  }
  /// Who signs in, by the credential of the same number.
  void set_user(std::uint64_t user) { user_ = user; }
  [[nodiscard]] AuditEntry audit(std::uint64_t tenant) {
    return make_audit(tenant, 900'000 + ++audits_);
  }

 private:
  static bool is_done(const StorageResult<Outcome>& answer) {
    return answer && *answer == Outcome::kDone;
  }
  [[nodiscard]] CommitSignIn sign_in(const Guard& guard, std::uint64_t number) const {
    CommitSignIn commit = make_sign_in(2, user_, user_, number, number);
    commit.guard = guard;
    return commit;
  }
  bool take(const Guard& guard, std::uint64_t number) {
    TakeSignIn take = make_take(2, number);
    take.guard = guard;
    set_chain(take.audit, 1);
    const auto taken = on(1).take_sign_in(take);
    return taken && taken->outcome == TakeOutcome::kTaken;
  }

  std::uint64_t user_ = 1;
  std::uint64_t number_ = 10'000;
  std::uint64_t audits_ = 0;
};

TEST_F(GaleraEnds, DisabledUsersSignIn) {
  const std::string user = make_user(1).external_id;
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    race([&] { return on(0).set_user_enabled(make_guard(2), user, false, audit(2)); },
         make_guard(2));
    ASSERT_THAT(
        settled([&] { return on(1).set_user_enabled(make_guard(2), user, true, audit(2)); }),
        Answers(Outcome::kDone));
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraEnds, DisabledTenantsSignIn) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const auto set_enabled = [&](bool enabled) {
      Tenant tenant = make_tenant(2);
      tenant.enabled = enabled;
      Guard guard = make_guard(2);
      const auto now = settled([&] { return on(0).find_tenant(tenant.id); });
      guard.tenant_generation = (*now)->generation;
      return on(0).update_tenant(guard, tenant, audit(2));
    };
    race([&] { return set_enabled(false); }, make_guard(2));
    ASSERT_THAT(settled([&] { return set_enabled(true); }), Answers(Outcome::kDone));
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraEnds, RevokedApiKeysCall) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const ApiKey key = make_api_key(2, 100 + round);
    ASSERT_THAT(settled([&] { return on(1).insert_api_key(make_guard(2), key, 20, audit(2)); }),
                Answers(Outcome::kDone));
    Guard guard = make_guard(2);
    guard.api_key = key.id;
    race([&] { return on(0).erase_api_key(make_guard(2), key.id, audit(2)); }, guard);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraEnds, ReplacedApiKeysCall) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const ApiKey key = make_api_key(2, 100 + 2 * round);
    const ApiKey next = make_api_key(2, 101 + 2 * round);
    ASSERT_THAT(settled([&] { return on(1).insert_api_key(make_guard(2), key, 20, audit(2)); }),
                Answers(Outcome::kDone));
    Guard guard = make_guard(2);
    guard.api_key = key.id;
    race([&] { return on(0).replace_api_key(make_guard(2), key.id, 1, guard.now, next, audit(2)); },
         guard);
    ASSERT_THAT(settled([&] { return on(1).erase_api_key(make_guard(2), next.id, audit(2)); }),
                Answers(Outcome::kDone));
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraEnds, RevokedSessionTokensSignIn) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    Guard guard = make_guard(2);
    guard.session_token = id_of<TokenId>(5'000'000 + round);
    race([&] { return on(0).revoke_token(make_guard(2), *guard.session_token, kLater, audit(2)); },
         guard);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GaleraEnds, ErasedUsersSignIn) {
  for (unsigned round = 0; round < galera_rounds(); ++round) {
    const std::uint64_t user = 10 + round;
    add_user(2, user);
    set_user(user);
    race([&] { return on(0).erase_user(make_guard(2), make_user(user).external_id, audit(2)); },
         make_guard(2));
    if (HasFailure()) FAIL() << "round " << round;
  }
}

}  // namespace
}  // namespace masterkey2::testing
