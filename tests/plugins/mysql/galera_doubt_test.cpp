// A COMMIT whose answer gets lost, and a balancer that leads to another node afterwards.
#include "plugins/mysql/galera_test.hpp"
#include "plugins/mysql/mysql_proxy.hpp"

namespace masterkey2::testing {
namespace {

class GaleraDoubts : public GaleraTest {
 protected:
  GaleraDoubts() : proxy_(cluster().node(0).socket()) {}
  void SetUp() override {
    GaleraTest::SetUp();
    store_.emplace(load(request(0, proxy_.socket())));
    // The first one finds out that this is a node of several, the second one connects for that.
    for (const std::uint64_t number : {100U, 1U}) {
      ASSERT_THAT(sign_in(number), Answers(Outcome::kDone));
    }
  }

  [[nodiscard]] StorageResult<Outcome> sign_in(std::uint64_t number) {
    return store_->storage().commit_sign_in(make_sign_in(1, 1, 1, 10'000 + number, number));
  }
  /// The next COMMIT fails like this, and the balancer sends us to another node.
  void cut(MysqlProxy::Cut cut) {
    proxy_.set_upstream(cluster().node(1).socket());
    proxy_.cut_commit(cut);
  }
  [[nodiscard]] std::uint64_t rows_of(const std::string& table) const {
    return cluster().node(2).number("SELECT COUNT(*) FROM " + database() + "." + table);
  }
  void expect_once(std::uint64_t number) {
    EXPECT_THAT(sign_in(number), Answers(Outcome::kClaimTaken));
    EXPECT_EQ(rows_of("claims WHERE session_token = UNHEX(LPAD(HEX(" + std::to_string(number) +
                      "), 32, '0'))"),
              1U);
    EXPECT_EQ(rows_of("audit WHERE sequence = " + std::to_string(110'000 + number)), 1U);
  }
  [[nodiscard]] MysqlProxy& proxy() { return proxy_; }
  [[nodiscard]] Storage& store() { return store_->storage(); }

 private:
  MysqlProxy proxy_;
  std::optional<LoadedStorage> store_;
};

TEST_F(GaleraDoubts, CommitThatNeverArrivedHappensOnceOnAnotherNode) {
  cut(MysqlProxy::Cut::kBefore);
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  expect_once(2);
}

TEST_F(GaleraDoubts, CommitThatWasCarriedOutUnheardIsFoundOnAnotherNode) {
  cut(MysqlProxy::Cut::kAfter);
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  expect_once(2);
}

TEST_F(GaleraDoubts, CommitThatArrivesAfterItWasDoneAgainIsLost) {
  cut(MysqlProxy::Cut::kDelay);
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  proxy().release();
  expect_once(2);
}

TEST_F(GaleraDoubts, CommitThatMayStillArriveIsUnknownWhenItIsRefusedMeanwhile) {
  proxy().call_at_delay([this] {
    EXPECT_THAT(on(2).set_user_enabled(make_guard(1), make_user(1).external_id, false,
                                       make_audit(1, 800'000)),
                Answers(Outcome::kDone));
  });
  cut(MysqlProxy::Cut::kDelay);
  EXPECT_THAT(sign_in(2), FailsWith(StorageErrorCode::kOutcomeUnknown));
  proxy().release();
  EXPECT_EQ(rows_of("audit WHERE sequence = 110002"), 0U);
}

TEST_F(GaleraDoubts, TakeThatWasCarriedOutUnheardIsFoundOnAnotherNode) {
  // Connected, and each statement prepared: the second command is the insert.
  ASSERT_TRUE(store().take_sign_in(make_take(1, 10'001)));
  for (const MysqlProxy::Cut cut : {MysqlProxy::Cut::kBefore, MysqlProxy::Cut::kAfter}) {
    const std::uint64_t number = cut == MysqlProxy::Cut::kBefore ? 2 : 3;
    proxy().set_upstream(cluster().node(0).socket());
    ASSERT_THAT(sign_in(number), Answers(Outcome::kDone));
    proxy().set_upstream(cluster().node(1).socket());
    proxy().cut_command(2, cut);
    const auto taken = store().take_sign_in(make_take(1, 10'000 + number));
    proxy().cut_command(0, MysqlProxy::Cut::kNone);
    ASSERT_TRUE(taken) << taken.error().detail;
    EXPECT_EQ(taken->outcome, TakeOutcome::kTaken);
    EXPECT_EQ(store().take_sign_in(make_take(1, 10'000 + number))->outcome,
              TakeOutcome::kAlreadyTaken);
  }
}

}  // namespace
}  // namespace masterkey2::testing
