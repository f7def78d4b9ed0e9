// I1: one challenge, at most one success, whatever process is asked.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/acceptance/installation.hpp"
#include "tests/acceptance/rounds.hpp"
#include "tests/acceptance/site.hpp"

namespace masterkey2::testing {
namespace {

constexpr unsigned kProcesses = 4;
constexpr unsigned kCallers = 64;

/// 64 callers, 16 on each process, who all make the same call at once, again and again.
class Callers {
 public:
  using Call = std::function<Answer(Site&)>;

  explicit Callers(const Installation& installation) {
    for (unsigned i = 0; i < kCallers; ++i) {
      threads_.emplace_back([this, &installation, i] {
        Site site(installation.socket(i % kProcesses), installation.api_key());
        while (true) {
          start_.arrive_and_wait();
          if (over_) return;
          answers_.at(i) = (*call_)(site);
          done_.arrive_and_wait();
        }
      });
    }
  }
  ~Callers() {
    over_ = true;
    start_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }

  /// How often each answer came: `200`, or status and code.
  std::map<std::string, unsigned> all_at_once(const Call& call) {
    call_ = &call;
    start_.arrive_and_wait();
    done_.arrive_and_wait();
    std::map<std::string, unsigned> counts;
    for (const Answer& answer : answers_) {
      ++counts[std::to_string(answer.status) + (answer.status == 200 ? "" : " " + answer.code())];
    }
    return counts;
  }

 private:
  std::barrier<> start_{kCallers + 1};
  std::barrier<> done_{kCallers + 1};
  const Call* call_ = nullptr;
  std::atomic<bool> over_ = false;
  std::vector<Answer> answers_{kCallers};
  std::vector<std::thread> threads_;
};

using Counts = std::map<std::string, unsigned>;

TEST(OneSuccess, OfSixtyFourFinishesOfOneAuthenticationOverFourProcesses) {
  Installation installation;
  installation.start(kProcesses);
  Site site(installation.socket(0), installation.api_key());
  const Passkey passkey = site.register_passkey("alice");
  const std::string token = member(site.session_token(), "session_token");
  Callers callers(installation);
  for (unsigned round = 0; round < rounds("MASTERKEY2_RACE_ROUNDS", 1'000); ++round) {
    const std::string body = site.sign(token, passkey);
    const Counts counts = callers.all_at_once(
        [&](Site& caller) { return caller.finish_authentication(token, body); });
    ASSERT_EQ(counts, (Counts{{"200", 1}, {"409 ceremony_used", kCallers - 1}}))
        << "round " << round;
  }
}

TEST(OneSuccess, OfSixtyFourVerificationsOfOneSignInOverFourProcesses) {
  Installation installation;
  installation.start(kProcesses);
  Site site(installation.socket(0), installation.api_key());
  const Passkey passkey = site.register_passkey("alice");
  const std::string token = member(site.session_token(), "session_token");
  Callers callers(installation);
  for (unsigned round = 0; round < rounds("MASTERKEY2_TAKE_ROUNDS", 100); ++round) {
    const Answer finished = site.finish_authentication(token, site.sign(token, passkey));
    const std::string auth_token = member(finished, "auth_token");
    const Counts counts =
        callers.all_at_once([&](Site& caller) { return caller.verify(auth_token); });
    ASSERT_EQ(counts, (Counts{{"200", 1}, {"409 already_verified", kCallers - 1}}))
        << "round " << round;
  }
}

TEST(OneSuccess, OfSixtyFourFinishesOfOneRegistrationOverFourProcesses) {
  Installation installation;
  installation.start(kProcesses);
  Site site(installation.socket(0), installation.api_key());
  Callers callers(installation);
  for (unsigned round = 0; round < rounds("MASTERKEY2_TAKE_ROUNDS", 100); ++round) {
    const std::string user_token =
        member(site.user_token("user-" + std::to_string(round)), "user_token");
    const Json body = site.sign_registration(user_token).second;
    const Counts counts = callers.all_at_once(
        [&](Site& caller) { return caller.finish_registration(user_token, body); });
    ASSERT_EQ(counts, (Counts{{"200", 1}, {"409 ceremony_used", kCallers - 1}}))
        << "round " << round;
  }
}

}  // namespace
}  // namespace masterkey2::testing
