// Nodes that die, freeze and are cut off while sign-ins go on over all of them.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "plugins/mysql/connection.hpp"
#include "plugins/mysql/galera_test.hpp"

namespace masterkey2::testing {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kCallLasts{3500};  ///< timeout_s, and a busy machine
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPause{5};  ///< of a visitor: the machine is not ours alone
constexpr std::uint64_t kEnough = 20;           ///< sign-ins, to say that a node serves

/// Sign-ins on all nodes, one after the other on each, until the end; what became of them.
class Traffic {
 public:
  explicit Traffic(std::function<Storage&(unsigned)> on) : on_(std::move(on)) {
    for (unsigned node = 0; node < kNodes; ++node) {
      threads_.emplace_back([this, node] { run(node); });
    }
  }
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  ~Traffic() { stop(); }

  /// Until each of the nodes has acknowledged enough from now on.
  void expect_served(const std::vector<unsigned>& nodes) {
    std::vector<std::uint64_t> from;
    for (const unsigned node : nodes) from.push_back(acknowledged_[node]);
    const auto deadline = steady_clock::now() + kPatience;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      while (acknowledged_[nodes[i]] < from[i] + kEnough && steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      EXPECT_GE(acknowledged_[nodes[i]], from[i] + kEnough) << "node " << nodes[i];
    }
  }
  void stop() {
    stopped_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // After the end.
  std::set<TokenId> done;
  std::set<TokenId> refused;  ///< must have had no effect
  std::uint64_t unknown = 0;
  std::vector<std::string> faults;
  steady_clock::duration longest{};

 private:
  void run(unsigned node) {
    for (std::uint64_t i = 1; !stopped_; ++i) {
      const std::uint64_t number = (node + 1) * 1'000'000'000 + i;
      CommitSignIn commit = make_sign_in(1, 1, 1, number, number);
      commit.audit.chain = id_of<TokenId>(100 + node);
      const auto start = steady_clock::now();
      const auto answer = on_(node).commit_sign_in(commit);
      note(commit.sign_in.id, answer, steady_clock::now() - start);
      if (answer) ++acknowledged_[node];
      std::this_thread::sleep_for(kPause);
    }
  }
  void note(const TokenId& id, const StorageResult<Outcome>& answer, steady_clock::duration took) {
    const std::lock_guard lock(mutex_);
    longest = std::max(longest, took);
    if (answer && *answer == Outcome::kDone) {
      done.insert(id);
    } else if (!answer && answer.error().code == StorageErrorCode::kOutcomeUnknown) {
      ++unknown;
    } else if (!answer && (answer.error().code == StorageErrorCode::kUnavailable ||
                           answer.error().code == StorageErrorCode::kConflict)) {
      refused.insert(id);
    } else {
      faults.push_back(answer ? "outcome " + std::to_string(static_cast<int>(*answer))
                              : answer.error().detail);
    }
  }

  std::function<Storage&(unsigned)> on_;
  std::mutex mutex_;
  std::atomic<bool> stopped_ = false;
  std::array<std::atomic<std::uint64_t>, kNodes> acknowledged_ = {};
  std::vector<std::thread> threads_;
};

class GaleraOutages : public GaleraTest {
 protected:
  void TearDown() override { cluster().repair(); }

  [[nodiscard]] StorageResult<Outcome> sign_in(unsigned node, std::uint64_t number) {
    return on(node).commit_sign_in(make_sign_in(1, 1, 1, number, number));
  }
  /// Neither read nor written there, and told in time.
  void expect_unavailable(unsigned node) {
    const auto in_time = [](const auto& call) {
      const auto start = steady_clock::now();
      EXPECT_THAT(call(), FailsWith(StorageErrorCode::kUnavailable));
      EXPECT_LE(steady_clock::now() - start, kCallLasts);
    };
    in_time([&] { return sign_in(node, 5000); });
    in_time([&] { return on(node).take_sign_in(make_take(1, 1)); });
    in_time([&] { return on(node).find_tenant(id_of<TenantId>(1)); });
    in_time([&] { return on(node).check(); });
  }
  /// Served within some seconds.
  void expect_back(unsigned node) {
    const auto deadline = steady_clock::now() + kPatience;
    while (!on(node).check() && steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(on(node).check());
  }
  [[nodiscard]] std::set<TokenId> ids(unsigned node, const std::string& query) const {
    mysql::MysqlOptions options;
    options.socket = cluster().node(node).socket();
    options.database = database();
    options.user = "root";
    options.timeout = kPatience;
    const auto connection = mysql::Connection::open(options);
    mysql::Rows rows = connection->query(query, {});
    std::set<TokenId> all;
    while (rows.next()) all.insert(rows.id<TokenId>());
    return all;
  }
  /// On every node: what was acknowledged is there with its audit entry, what was refused is not.
  void expect_kept(Traffic& traffic) const {
    traffic.stop();
    EXPECT_EQ(traffic.faults, std::vector<std::string>{});
    EXPECT_LE(traffic.longest, kCallLasts);
    for (unsigned node = 0; node < kNodes; ++node) {
      // An entry's sequence is the sign-in's number and 100,000.
      const std::set<TokenId> stored =
          ids(node,
              "SELECT c.id FROM claims c JOIN audit a ON a.tenant = c.tenant AND "
              "a.sequence = CAST(CONV(HEX(c.id), 16, 10) AS UNSIGNED) + 100000 "
              "WHERE c.kind = 1");
      EXPECT_TRUE(std::ranges::includes(stored, traffic.done)) << "lost on node " << node;
      const std::set<TokenId> claims = ids(node, "SELECT id FROM claims WHERE kind = 1");
      EXPECT_EQ(stored.size(), claims.size()) << "without an entry on node " << node;
      EXPECT_LE(claims.size(), traffic.done.size() + traffic.unknown);
      for (const TokenId& id : traffic.refused) EXPECT_FALSE(claims.contains(id));
    }
    std::printf(
        "%zu acknowledged, %zu refused, %llu unknown; longest call %lld ms\n", traffic.done.size(),
        traffic.refused.size(), static_cast<unsigned long long>(traffic.unknown),
        static_cast<long long>(
            std::chrono::duration_cast<std::chrono::milliseconds>(traffic.longest).count()));
  }
  [[nodiscard]] std::function<Storage&(unsigned)> stores() {
    return [this](unsigned node) -> Storage& { return on(node); };
  }
};

TEST_F(GaleraOutages, KilledNodeTakesNothingWithItAndComesBack) {
  for (unsigned round = 0; round < std::max(1U, galera_rounds() / 100); ++round) {
    const unsigned victim = 2 - round % kNodes;
    std::vector<unsigned> others = {0, 1, 2};
    std::erase(others, victim);
    Traffic traffic(stores());
    traffic.expect_served({0, 1, 2});
    cluster().node(victim).kill();
    traffic.expect_served(others);
    cluster().start(victim);
    cluster().wait_until_whole();
    traffic.expect_served({0, 1, 2});
    expect_kept(traffic);
    if (HasFailure()) FAIL() << "round " << round;
    cluster().node(0).execute("DELETE FROM " + database() + ".claims WHERE kind = 1");
    cluster().node(0).execute("DELETE FROM " + database() + ".audit WHERE sequence > 1000000000");
  }
}

TEST_F(GaleraOutages, NodeThatIsCutOffServesNothingUntilItIsBack) {
  Traffic traffic(stores());
  traffic.expect_served({0, 1, 2});
  cluster().isolate(2);
  cluster().wait_until_alone(2);
  traffic.expect_served({0, 1});
  expect_unavailable(2);
  cluster().isolate(2, false);
  cluster().wait_until_whole();
  traffic.expect_served({0, 1, 2});
  expect_kept(traffic);
}

TEST_F(GaleraOutages, FrozenNodeIsLeftBehindAndCatchesUp) {
  Traffic traffic(stores());
  traffic.expect_served({0, 1, 2});
  cluster().node(2).freeze();
  traffic.expect_served({0, 1});
  expect_unavailable(2);
  cluster().node(2).thaw();
  cluster().wait_until_whole();
  traffic.expect_served({0, 1, 2});
  expect_kept(traffic);
}

TEST_F(GaleraOutages, LastNodeServesNothingUntilTheOthersReturn) {
  Traffic traffic(stores());
  traffic.expect_served({0, 1, 2});
  cluster().node(1).kill();
  cluster().node(2).kill();
  cluster().wait_until_alone(0);
  expect_unavailable(0);
  cluster().repair();
  expect_back(0);
  traffic.expect_served({0, 1, 2});
  expect_kept(traffic);
}

}  // namespace
}  // namespace masterkey2::testing
