// What the tests on several nodes share: a store for each node, all on one database.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "acceptance/rounds.hpp"
#include "plugins/contract/contract_test.hpp"
#include "plugins/mysql/galera_backend.hpp"
#include "plugins/mysql/mariadb_backend.hpp"

namespace masterkey2::testing {

inline constexpr unsigned kNodes = GaleraCluster::kNodes;

/// As often as each experiment is repeated.
inline unsigned galera_rounds() { return rounds("MK2_GALERA_ROUNDS", 10); }

class GaleraTest : public ::testing::Test {
 protected:
  GaleraTest() : database_(database_for(folder_.path())) {
    cluster().create_database(database_);
    for (unsigned i = 0; i < kNodes; ++i) stores_[i].emplace(load(request(i)));
  }
  /// Installation, tenant 1 with user 1 and credential 1.
  void SetUp() override {
    ASSERT_THAT(on(0).initialize(make_installation()), Answers(Outcome::kDone));
    add_tenant(1);
    add_user(1, 1);
  }

  static GaleraCluster& cluster() { return shared_cluster(); }
  /// The store as a server process beside that node sees it.
  [[nodiscard]] Storage& on(unsigned node) { return stores_[node]->storage(); }
  [[nodiscard]] PluginRequest request(unsigned node, std::string socket = {}) const {
    PluginRequest request;
    request.plugin_dir = Backend::chosen().plugin_dir;
    request.name = "mysql";
    request.allow_own_plugins = true;
    if (socket.empty()) socket = cluster().node(node).socket();
    request.options = {{"socket", socket}, {"database", database_}, {"user", "masterkey2"}};
    return request;
  }
  void add_tenant(std::uint64_t number) {
    ASSERT_THAT(settled([&] { return on(0).insert_tenant(make_insert_tenant(number)); }),
                Answers(Outcome::kDone));
  }
  /// With one credential of the same number.
  void add_user(std::uint64_t tenant, std::uint64_t number) {
    ASSERT_TRUE(settled([&] { return on(0).put_user(make_put_user(tenant, number)); }));
    const CommitRegistration commit = make_registration(tenant, number, number);
    ASSERT_THAT(settled([&] { return on(0).commit_registration(commit); }),
                Answers(Outcome::kDone));
  }
  [[nodiscard]] const std::string& database() const { return database_; }

  /// An audit entry of a server process beside that node: each has a chain of its own.
  static void set_chain(AuditEntry& entry, unsigned node) {
    entry.chain = id_of<TokenId>(100 + node);
  }
  /// What `call` answers in the end: again while it had no effect, for a conflict or for want of
  /// time on a machine that is not ours alone.
  template <class Call>
  static auto settled(Call&& call) -> decltype(call()) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    auto answer = call();
    while (!answer && std::chrono::steady_clock::now() < until &&
           (answer.error().code == StorageErrorCode::kConflict ||
            answer.error().code == StorageErrorCode::kUnavailable)) {
      answer = call();
    }
    return answer;
  }
  /// `work(node)` in a thread for each node, all let go at once. What they answered.
  template <class Work>
  static auto on_all_at_once(Work&& work) {
    std::array<std::optional<decltype(work(0U))>, kNodes> answers;
    std::latch ready(kNodes);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kNodes; ++i) {
      threads.emplace_back([&, i] {
        ready.arrive_and_wait();
        answers[i].emplace(settled([&] { return work(i); }));
      });
    }
    for (std::thread& thread : threads) thread.join();
    return answers;
  }
  /// One node's work was done, and on the others its result was seen: `winner` once, else `loser`.
  template <class Answers, class Value>
  static void expect_one(const Answers& answers, Value winner, Value loser) {
    unsigned won = 0;
    unsigned unknown = 0;
    for (const auto& answer : answers) {
      if (!*answer) {
        ASSERT_THAT(*answer, FailsWith(StorageErrorCode::kOutcomeUnknown));
        ++unknown;
      } else if (**answer == winner) {
        ++won;
      } else {
        EXPECT_EQ(**answer, loser);
      }
    }
    EXPECT_TRUE(won == 1 || (won == 0 && unknown > 0)) << won << " winners";
  }

 private:
  TemporaryFolder folder_;
  std::string database_;
  std::array<std::optional<LoadedStorage>, kNodes> stores_;
};

}  // namespace masterkey2::testing
