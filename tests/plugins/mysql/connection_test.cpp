// The connections of a pool: what they hold while idle, how many there are, what a change of mode
// costs.
#include "plugins/mysql/connection.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

using Cut = MysqlProxy::Cut;

constexpr const char* kCountOurs =
    "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'masterkey2'";

class Connections : public MysqlTest {
 protected:
  void SetUp() override {
    open_for(false);
    fill();
  }

  /// `at_once`: a sign-in is committed by one statement; else on a connection in the other mode.
  void open_for(bool at_once, std::map<std::string, std::string> changes = {}) {
    changes["compound_statements"] = at_once ? "yes" : "no";
    open(changes);
  }

  [[nodiscard]] StorageResult<Outcome> sign_in(std::uint64_t number) {
    return storage().commit_sign_in(make_sign_in(1, 1, 1, 10'000 + number, 1000 + number));
  }
  [[nodiscard]] bool read() { return storage().find_tenant(id_of<TenantId>(1)).has_value(); }
  [[nodiscard]] static std::unique_ptr<mysql::Connection> connect_as_root(
      const std::string& database = "mysql") {
    mysql::MysqlOptions options;
    options.socket = shared_server().socket();
    options.database = database;
    options.user = "root";
    return mysql::Connection::open(options);
  }
  [[nodiscard]] static std::uint64_t ask(mysql::Connection& connection, const std::string& sql) {
    mysql::Rows rows = connection.query(sql, {});
    EXPECT_TRUE(rows.next());
    return rows.unsigned_integer();
  }
  /// That the server has accepted so far, of anybody.
  [[nodiscard]] static std::uint64_t accepted(mysql::Connection& connection) {
    return ask(connection,
               "SELECT CAST(variable_value AS UNSIGNED) FROM information_schema.global_status "
               "WHERE variable_name = 'Connections'");
  }
  /// Ours. One that was closed may take a moment to end.
  static void wait_until_there_are(std::uint64_t count) {
    const auto root = connect_as_root();
    while (ask(*root, kCountOurs) != count) std::this_thread::yield();
  }
  /// Opens a store none of whose connections is there yet, nor one of an earlier store any more.
  void open_alone(const std::string& pool_size, bool at_once = false) {
    open_for(at_once, {{"pool_size", pool_size}});
    wait_until_there_are(0);
  }
  /// No idle connection has a transaction, or keeps anybody from any table. One that was closed may
  /// take a moment to end.
  void expect_nothing_held() const {
    const auto root = connect_as_root(database());
    std::string all = "LOCK TABLES ";
    for (const char* table : {"installation", "heartbeat", "tenants", "api_keys", "users",
                              "credentials", "claims", "revocations", "ephemerals"}) {
      all += std::string(table) + " WRITE, ";
    }
    all += "audit WRITE";
    for (int left = 10;; --left) {
      try {
        root->command(all);
        break;
      } catch (const mysql::SqlError& error) {
        ASSERT_GT(left, 0) << error.what();
      }
    }
    root->command("UNLOCK TABLES");
    EXPECT_EQ(ask(*root,
                  "SELECT COUNT(*) FROM information_schema.innodb_trx JOIN "
                  "information_schema.processlist ON id = trx_mysql_thread_id "
                  "WHERE user = 'masterkey2'"),
              0U);
  }
};

class IdleConnections : public Connections, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    Connections::SetUp();
    open_for(GetParam());
  }
};
INSTANTIATE_TEST_SUITE_P(SignIns, IdleConnections, ::testing::Bool(), [](const auto& chosen) {
  return std::string(chosen.param ? "AtOnce" : "StepByStep");
});

TEST_P(IdleConnections, HoldNothingAfterCommits) {
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  EXPECT_TRUE(storage().take_sign_in(make_take(1, 10'001)));
  EXPECT_TRUE(read());
  expect_nothing_held();
}

TEST_P(IdleConnections, HoldNothingAfterRefusals) {
  ASSERT_THAT(sign_in(1), Answers(Outcome::kDone));
  EXPECT_THAT(sign_in(1), Answers(Outcome::kClaimTaken));
  expect_nothing_held();
  // Locking reads alone.
  EXPECT_THAT(
      storage().confirm_sign_in(make_guard(1), id_of<TokenId>(1), kLater, make_audit(1, 800'000)),
      Answers(Outcome::kNotFound));
  expect_nothing_held();
  EXPECT_TRUE(storage().put_user(make_put_user(1, 1)));
  expect_nothing_held();
}

TEST_P(IdleConnections, HoldNothingAfterConflicts) {
  const auto other = connect_as_root(database());
  other->command("START TRANSACTION");
  other->execute("UPDATE users SET version = version + 1", {});
  EXPECT_FALSE(storage().put_user(make_put_user(1, 1)));
  other->command("ROLLBACK");
  expect_nothing_held();
}

TEST_P(IdleConnections, HoldNothingAfterErrors) {
  execute("RENAME TABLE " + database() + ".audit TO " + database() + ".hidden");
  EXPECT_THAT(sign_in(1), FailsWith(StorageErrorCode::kIncompatible));
  execute("RENAME TABLE " + database() + ".hidden TO " + database() + ".audit");
  expect_nothing_held();
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
}

TEST_P(IdleConnections, HoldNothingAfterTheTimeIsUp) {
  proxy().set_delay(std::chrono::milliseconds(700));
  EXPECT_THAT(sign_in(1), FailsWith(StorageErrorCode::kUnavailable));
  proxy().set_delay({});
  expect_nothing_held();
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
}

TEST_P(IdleConnections, HoldNothingAfterACommitIsInDoubt) {
  for (const Cut cut : {Cut::kBefore, Cut::kAfter}) {
    if (GetParam()) {
      EXPECT_THAT(sign_in(cut == Cut::kBefore ? 3 : 4), Answers(Outcome::kDone));
      proxy().cut_command(1, cut);
    } else {
      proxy().cut_commit(cut);
    }
    EXPECT_THAT(sign_in(cut == Cut::kBefore ? 1 : 2), Answers(Outcome::kDone));
    expect_nothing_held();
  }
}

TEST_P(IdleConnections, HoldNothingWhereTransactionsAreChainedByDefault) {
  execute("SET GLOBAL completion_type = 'CHAIN'");
  open_for(GetParam(), {{"pool_size", "1"}});
  for (const std::uint64_t number : {1U, 2U}) {
    EXPECT_THAT(sign_in(number), Answers(Outcome::kDone));
    EXPECT_TRUE(read());
  }
  execute("SET GLOBAL completion_type = DEFAULT");
  expect_nothing_held();
}

TEST_F(Connections, KilledOneIsReplacedInEitherMode) {
  ASSERT_TRUE(read());
  const auto root = connect_as_root();
  std::uint64_t number = 0;
  for (const char* which : {"MIN", "MAX"}) {
    for (const bool read_first : {true, false}) {
      wait_until_there_are(2);
      const std::uint64_t id =
          ask(*root, std::string("SELECT ") + which +
                         "(id) FROM information_schema.processlist WHERE user = 'masterkey2'");
      root->command("KILL " + std::to_string(id));
      if (read_first) {
        EXPECT_TRUE(read());
      }
      EXPECT_THAT(sign_in(++number), Answers(Outcome::kDone));
      EXPECT_TRUE(read());
    }
  }
}

TEST_F(Connections, OneLostAtTheChangeOfItsModeIsReplaced) {
  for (const Cut cut : {Cut::kBefore, Cut::kAfter}) {
    open_for(false, {{"pool_size", "1"}});
    EXPECT_THAT(sign_in(cut == Cut::kBefore ? 1 : 2), Answers(Outcome::kDone));
    proxy().cut_command(1, cut);
    EXPECT_TRUE(read());
  }
}

TEST_F(Connections, OneThreadNeedsTwoForBothModes) {
  open_alone("16");
  const auto root = connect_as_root();
  const std::uint64_t before = accepted(*root);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    EXPECT_THAT(sign_in(i), Answers(Outcome::kDone));
    EXPECT_TRUE(storage().take_sign_in(make_take(1, 10'000 + i)));
  }
  EXPECT_EQ(accepted(*root) - before, 2U);
}

TEST_F(Connections, OneThreadNeedsOneWhereASignInIsOneStatement) {
  open_alone("16", true);
  const auto root = connect_as_root();
  const std::uint64_t before = accepted(*root);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    EXPECT_THAT(sign_in(i), Answers(Outcome::kDone));
    EXPECT_TRUE(storage().take_sign_in(make_take(1, 10'000 + i)));
  }
  EXPECT_EQ(accepted(*root) - before, 1U);
}

TEST_F(Connections, ThreadsNeverHaveMoreThanPoolSize) {
  constexpr std::uint64_t kThreads = 16;
  constexpr std::uint64_t kRounds = 30;
  for (const std::uint64_t pool_size : {4U, 16U}) {
    SCOPED_TRACE(pool_size);
    open_alone(std::to_string(pool_size));
    const auto root = connect_as_root();
    const std::uint64_t before = accepted(*root);
    std::atomic<std::uint64_t> number = pool_size * 10'000;
    std::atomic<std::uint64_t> running = kThreads;
    std::atomic<std::uint64_t> refused = 0;  // on a busy machine, each with a connection at most
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (std::uint64_t round = 0; round < kRounds; ++round) {
          const std::uint64_t mine = ++number;
          if (!read()) ++refused;
          if (!sign_in(mine)) ++refused;
          if (!storage().take_sign_in(make_take(1, 10'000 + mine))) ++refused;
        }
        --running;
      });
    }
    std::uint64_t most = 0;
    while (running > 0) {
      most = std::max(most, ask(*root, kCountOurs));
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_LE(most, pool_size + refused);
    EXPECT_LE(accepted(*root) - before, pool_size + refused);
  }
}

TEST_F(Connections, PoolOfOneServesBothModes) {
  open_alone("1");
  const auto root = connect_as_root();
  const std::uint64_t before = accepted(*root);
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  EXPECT_TRUE(read());
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  static_cast<void>(proxy().take_count());
  EXPECT_TRUE(read());
  EXPECT_THAT(sign_in(3), Answers(Outcome::kDone));
  EXPECT_EQ(proxy().take_count(), 5U);  // with a START TRANSACTION
  EXPECT_EQ(accepted(*root) - before, 1U);
  expect_nothing_held();
}

TEST_F(Connections, OfAFullPoolOneChangesItsModeOnceAndForAll) {
  open_alone("2");
  const auto root = connect_as_root();
  while (ask(*root, kCountOurs) < 2) {
    std::thread other([this] { EXPECT_TRUE(read()); });
    EXPECT_TRUE(read());
    other.join();
  }
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  EXPECT_TRUE(read());
  static_cast<void>(proxy().take_count());
  EXPECT_TRUE(read());
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  EXPECT_EQ(proxy().take_count(), 4U);
}

}  // namespace
}  // namespace masterkey2::testing
