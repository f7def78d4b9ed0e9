// The power fails while many threads of two processes write, seal segments and make snapshots.
#include <set>
#include <thread>

#include "plugins/flatfile/power_loss_test.hpp"

namespace masterkey2::testing {
namespace {

/// Users of two storages of one store, as two processes have, each with threads that write at once;
/// segments are sealed and replaced all the while.
class FlatfilePowerLossOfMany : public FlatfilePowerLoss {
 protected:
  static constexpr std::uint64_t kThreads = 4;  ///< of a storage
  static constexpr std::uint64_t kUsersOfAThread = 5;
  static constexpr std::uint64_t kFirst = 3;
  static constexpr std::uint64_t kEnd = kFirst + 2 * kThreads * kUsersOfAThread;

  [[nodiscard]] static PluginRequest request(const TemporaryFolder& folder) {
    return flatfile_request(folder / "store", "4096", "0");
  }

  [[nodiscard]] static History recorded(const TemporaryFolder& folder) {
    ChangeRecorder recorder(folder / "store");
    {
      const LoadedStorage first = load(request(folder));
      const LoadedStorage second = load(request(folder));
      std::vector<std::thread> threads;
      for (std::uint64_t i = 0; i < 2 * kThreads; ++i) {
        Storage& storage = i < kThreads ? first.storage() : second.storage();
        threads.emplace_back([&storage, from = kFirst + i * kUsersOfAThread] {
          for (std::uint64_t user = from; user < from + kUsersOfAThread; ++user) {
            const auto put = storage.put_user(make_put_user(1, user));
            ASSERT_TRUE(put) << put.error().detail;
            ChangeRecorder::promise(std::to_string(user));
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
    }
    return recorder.finish();
  }

  [[nodiscard]] static std::set<std::uint64_t> promised(const History& history,
                                                        std::size_t promises) {
    std::set<std::uint64_t> users;
    for (const Change& change : history.changes) {
      if (users.size() == promises) break;
      if (change.kind == Change::Kind::kPromise) users.insert(std::stoull(change.name));
    }
    return users;
  }

  /// Numbers of the entries of tenant 1.
  [[nodiscard]] static std::set<std::uint64_t> audited(Storage& storage) {
    PageRequest page;
    page.limit = 1000;
    std::set<std::uint64_t> numbers;
    const auto listed = storage.list_audit(id_of<TenantId>(1), {}, page);
    if (!listed) return numbers;
    for (const AuditEntry& entry : listed->items) numbers.insert(entry.sequence);
    return numbers;
  }

  static void expect_users(Storage& storage, const std::set<std::uint64_t>& promised) {
    const auto checked = storage.check();
    ASSERT_TRUE(checked) << checked.error().detail;
    const auto entries = audited(storage);
    for (std::uint64_t user = kFirst; user < kEnd; ++user) {
      const auto found = storage.find_user(id_of<TenantId>(1), make_user(user).external_id, false);
      ASSERT_TRUE(found) << found.error().detail;
      ASSERT_TRUE(found->user || !promised.contains(user)) << "user " << user << " is lost";
      ASSERT_EQ(found->user.has_value(), entries.contains(1000 + user)) << "half of " << user;
    }
    ASSERT_TRUE(is_prepared_state_there(storage, "put_user"));
  }
};

TEST_F(FlatfilePowerLossOfMany, KeepsThePromisesOfAllWhoWriteAtOnce) {
  take_one_of(150, 5);
  const TemporaryFolder folder;
  start_state("roomy").copy_to(folder);
  const History history = recorded(folder);
  ASSERT_EQ(promised(history, kEnd).size(), kEnd - kFirst);
  expect_all_states(history, [&](const TemporaryFolder& left, std::size_t promises) {
    const auto users = promised(history, promises);
    {
      const LoadedStorage loaded = load(request(left));
      ASSERT_NO_FATAL_FAILURE(expect_users(loaded.storage(), users));
      const auto written = loaded.storage().append_audit({make_audit(1, kNextAudit)});
      ASSERT_TRUE(written) << written.error().detail;
    }
    const LoadedStorage again = load(request(left));
    ASSERT_TRUE(has_audit(again.storage(), kNextAudit));
    expect_users(again.storage(), users);
  });
}

}  // namespace
}  // namespace masterkey2::testing
