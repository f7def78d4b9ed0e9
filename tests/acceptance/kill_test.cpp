// I5: what was acknowledged survives kill -9 of all processes at any moment.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/acceptance/installation.hpp"
#include "tests/acceptance/rounds.hpp"
#include "tests/acceptance/site.hpp"

namespace masterkey2::testing {
namespace {

constexpr unsigned kProcesses = 4;
constexpr unsigned kVisitors = 16;

/// What the visitors of one round were told.
struct Acknowledged {
  std::vector<Passkey> passkeys;
  std::vector<std::pair<std::string, std::string>> sign_ins;  ///< session token, body of the finish
};

/// Visitors who register and sign in until their server is gone.
class Visitors {
 public:
  Visitors(const Installation& installation, unsigned round) {
    for (unsigned i = 0; i < kVisitors; ++i) {
      threads_.emplace_back([this, &installation, round, i] {
        try {
          Site site(installation.socket(i % kProcesses), installation.api_key());
          visit(site, std::to_string(round) + "-" + std::to_string(i));
        } catch (const ConnectionLost&) {
        } catch (const Refused& refused) {
          const std::lock_guard lock(mutex_);
          refusals_.emplace_back(refused.what());
        } catch (const std::runtime_error&) {
          // The socket of a process that was killed before we came.
        }
        note([this] { ++gone_; });
      });
    }
  }

  /// Until `count` calls have been acknowledged in all, or no visitor is left.
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return told_.passkeys.size() + told_.sign_ins.size() >= count || gone_ == kVisitors;
    });
  }

  /// After the servers are gone.
  Acknowledged join() {
    for (std::thread& thread : threads_) thread.join();
    EXPECT_EQ(refusals_, std::vector<std::string>{});
    return std::move(told_);
  }

 private:
  [[noreturn]] void visit(Site& site, const std::string& name) {
    const std::string session = member(site.session_token(), "session_token");
    for (unsigned number = 0;; ++number) {
      Passkey passkey = site.register_passkey(name + "-" + std::to_string(number));
      note([&] { told_.passkeys.push_back(passkey); });
      std::string body = site.sign(session, passkey);
      static_cast<void>(member(site.finish_authentication(session, body), "auth_token"));
      note([&] { told_.sign_ins.emplace_back(session, std::move(body)); });
    }
  }

  template <class Function>
  void note(const Function& function) {
    const std::lock_guard lock(mutex_);
    function();
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Acknowledged told_;
  unsigned gone_ = 0;
  std::vector<std::string> refusals_;
  std::vector<std::thread> threads_;
};

/// Every passkey signs in, and no finished ceremony finishes again.
void check(Site& site, const Acknowledged& told) {
  const std::string session = member(site.session_token(), "session_token");
  for (const Passkey& passkey : told.passkeys) {
    const Answer finished = site.finish_authentication(session, site.sign(session, passkey));
    ASSERT_EQ(finished.status, 200) << passkey.external_id << finished.body.dump();
    ASSERT_EQ(finished.body.at("user").at("external_id"), passkey.external_id);
  }
  for (const auto& [token, body] : told.sign_ins) {
    ASSERT_EQ(site.finish_authentication(token, body).code(), "ceremony_used");
  }
}

TEST(Kill, NothingAcknowledgedIsLostWhenAllProcessesAreKilledUnderLoad) {
  Installation installation;
  std::mt19937 random(20261122);  // NOLINT(cert-msc51-cpp): the same moments in every run
  std::size_t acknowledged = 0;
  const unsigned count = rounds("MASTERKEY2_KILL_ROUNDS", 200);
  for (unsigned round = 0; round < count; ++round) {
    installation.start(kProcesses);
    Visitors visitors(installation, round);
    // The moment is drawn as a number of acknowledged calls, plus a little of no fixed place.
    visitors.wait_for(1 + random() % 60);
    for (auto spin = random() % 200'000; spin > 0; --spin) asm volatile("");
    installation.kill_all();
    const Acknowledged told = visitors.join();
    acknowledged += told.passkeys.size() + told.sign_ins.size();

    installation.start(1);
    Site site(installation.socket(0), installation.api_key());
    check(site, told);
    if (HasFatalFailure()) FAIL() << "after kill " << round;
    ASSERT_EQ(installation.stop_all(), std::vector<int>{0});
  }
  RecordProperty("acknowledged", static_cast<int>(acknowledged));
  EXPECT_GT(acknowledged, count);
}

}  // namespace
}  // namespace masterkey2::testing
