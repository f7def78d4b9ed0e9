// Server processes, each beside a Galera node of its own, while one of the nodes dies and returns.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "plugins/mysql/galera_backend.hpp"
#include "plugins/mysql/mariadb_backend.hpp"
#include "tests/acceptance/installation.hpp"
#include "tests/acceptance/site.hpp"

namespace masterkey2::testing {
namespace {

constexpr unsigned kNodes = GaleraCluster::kNodes;
constexpr unsigned kVisitors = 6;
constexpr unsigned kEnough = 10;

/// Visitors who sign in on any process and have it verified on the next, until the end.
class SignIns {
 public:
  SignIns(const Installation& installation, const std::vector<Passkey>& passkeys)
      : installation_(installation) {
    for (unsigned i = 0; i < kVisitors; ++i) {
      threads_.emplace_back([this, i, &passkeys] {
        for (unsigned turn = i; !stopped_; ++turn) {
          try {
            visit(turn, passkeys[i]);
          } catch (const Refused& refused) {
            note(refused.answer);
          } catch (const std::exception& error) {
            const std::lock_guard lock(mutex_);
            faults_.emplace_back(error.what());
          }
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
      });
    }
  }
  SignIns(const SignIns&) = delete;
  SignIns& operator=(const SignIns&) = delete;
  ~SignIns() { stop(); }

  /// Until that many more have been verified.
  void expect(unsigned count) const {
    const unsigned from = verified_;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (verified_ < from + count && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_GE(verified_, from + count);
  }
  void stop() {
    stopped_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  /// What each finished sign-in was told: its auth token, whether it was verified.
  [[nodiscard]] const std::map<std::string, bool>& finished() const { return finished_; }
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  void visit(unsigned turn, const Passkey& passkey) {
    Site first(installation_.socket(turn % kNodes), installation_.api_key());
    Site second(installation_.socket((turn + 1) % kNodes), installation_.api_key());
    const std::string session = member(first.session_token(), "session_token");
    const std::string body = first.sign(session, passkey);
    const std::string token = member(second.finish_authentication(session, body), "auth_token");
    set(token, false);
    const Answer answer = first.verify(token);
    if (answer.status != 200) throw Refused(answer);
    if (answer.body.at("verified") == true) {
      set(token, true);
      ++verified_;
    }
  }
  void set(const std::string& token, bool verified) {
    const std::lock_guard lock(mutex_);
    finished_[token] = verified;
  }
  void note(const Answer& answer) {
    if (answer.status == 503 || answer.status == 409) return;
    const std::lock_guard lock(mutex_);
    faults_.push_back(std::to_string(answer.status) + " " + answer.body.dump());
  }

  const Installation& installation_;
  std::mutex mutex_;
  std::map<std::string, bool> finished_;
  std::vector<std::string> faults_;
  std::atomic<unsigned> verified_ = 0;
  std::atomic<bool> stopped_ = false;
  std::vector<std::thread> threads_;
};

TEST(OnGalera, SignInsGoOnWhileANodeDiesAndReturns) {
  const TemporaryFolder folder;
  const std::string database = database_for(folder.path());
  GaleraCluster& cluster = shared_cluster();
  cluster.create_database(database);
  std::vector<std::string> storages;
  for (unsigned i = 0; i < kNodes; ++i) {
    storages.push_back("{plugin: mysql, options: {socket: " + cluster.node(i).socket() +
                       ", database: " + database + ", user: masterkey2}}");
  }
  Installation installation(storages[0]);
  installation.start_on(storages);
  std::vector<Passkey> passkeys;
  {
    Site site(installation.socket(0), installation.api_key());
    for (unsigned i = 0; i < kVisitors; ++i) {
      passkeys.push_back(site.register_passkey("visitor " + std::to_string(i)));
    }
  }
  SignIns sign_ins(installation, passkeys);
  sign_ins.expect(kEnough);
  cluster.node(2).kill();
  sign_ins.expect(kEnough);
  cluster.start(2);
  cluster.wait_until_whole();
  sign_ins.expect(kEnough);
  sign_ins.stop();
  EXPECT_EQ(sign_ins.faults(), std::vector<std::string>{});
  // Whatever was acknowledged is known on every node: none is true a second time.
  unsigned turn = 0;
  for (const auto& [token, verified] : sign_ins.finished()) {
    Site site(installation.socket(turn++ % kNodes), installation.api_key());
    const Answer answer = site.verify(token);
    if (verified) {
      EXPECT_EQ(answer.code(), "already_verified") << answer.body.dump();
    } else {
      // Nobody was told so far: now, or that the answer got lost.
      EXPECT_TRUE(answer.body.value("verified", false) || answer.code() == "already_verified")
          << answer.body.dump();
    }
  }
}

}  // namespace
}  // namespace masterkey2::testing
