#include "plugins/torture_worker.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "plugins/rows.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::uint64_t kKillThreads = 3;
/// Users of one thread: numbers apart.
constexpr std::uint64_t kApart = 100'000;
/// As many as the server makes.
constexpr int kMostAttempts = 5;

/// Whole lines below PIPE_BUF are written at once.
void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    std::_Exit(3);
  }
}

/// The slowest call of all threads.
class Slowest {
 public:
  /// The call's answer. One that loses against another call (kConflict) is made again.
  template <class Call>
  auto time(Call&& call) {
    for (int attempt = 1;; ++attempt) {
      auto answer = time_once(call);
      const bool lost = !answer && answer.error().code == StorageErrorCode::kConflict;
      if (!lost || attempt == kMostAttempts) return answer;
    }
  }
  [[nodiscard]] std::int64_t milliseconds() const { return milliseconds_; }

 private:
  template <class Call>
  auto time_once(Call& call) {
    const auto began = std::chrono::steady_clock::now();
    auto answer = call();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    std::int64_t known = milliseconds_;
    while (known < took.count() && !milliseconds_.compare_exchange_weak(known, took.count())) {
    }
    return answer;
  }

  std::atomic<std::int64_t> milliseconds_ = 0;
};

template <class Step>
void register_users(Storage& storage, std::uint64_t first, std::uint64_t last, Slowest& slowest,
                    Step&& done_with) {
  for (std::uint64_t number = first; number < last; ++number) {
    const auto put =
        slowest.time([&] { return storage.put_user(make_put_user(kTortureTenant, number)); });
    if (!put) fail_torture("put_user: " + put.error().detail);
    if (put->outcome != Outcome::kDone) fail_torture("put_user was refused");
    done_with('u', number);
    const auto registered = slowest.time([&] {
      return storage.commit_registration(make_registration(kTortureTenant, number, number));
    });
    if (!registered) fail_torture("commit_registration: " + registered.error().detail);
    if (*registered != Outcome::kDone) fail_torture("commit_registration was refused");
    done_with('c', number);
    CommitSignIn sign_in =
        make_sign_in(kTortureTenant, number, number, number + 1'000'000'000, number);
    sign_in.update.emplace();
    sign_in.update->expected_version = 1;
    sign_in.update->sign_count = 42;
    const auto signed_in = slowest.time([&] { return storage.commit_sign_in(sign_in); });
    if (!signed_in) fail_torture("commit_sign_in: " + signed_in.error().detail);
    if (*signed_in != Outcome::kDone) fail_torture("commit_sign_in was refused");
    done_with('s', number);
    if (number % 2 == 0) {
      const auto taken = slowest.time(
          [&] { return storage.take_sign_in(make_take(kTortureTenant, number + 1'000'000'000)); });
      if (!taken || taken->outcome != TakeOutcome::kTaken) fail_torture("take_sign_in");
      done_with('t', number);
    }
    if (number % 5 == 0) {
      const auto erased = slowest.time([&] {
        return storage.erase_user(make_guard(kTortureTenant), make_user(number).external_id,
                                  make_audit(kTortureTenant, 3'000'000 + number));
      });
      if (!erased || *erased != Outcome::kDone) fail_torture("erase_user");
      done_with('e', number);
    }
  }
}

/// What the threads of one process have won in a round.
struct Won {
  std::atomic<int> commits = 0;
  std::atomic<int> takes = 0;
};

void race_once(Storage& storage, std::uint64_t number, Won& won, Slowest& slowest) {
  const CommitSignIn commit = make_sign_in(kTortureTenant, 1, 1, number, number);
  const auto done = slowest.time([&] { return storage.commit_sign_in(commit); });
  if (!done) fail_torture("commit_sign_in: " + done.error().detail);
  if (*done == Outcome::kDone) ++won.commits;
  // The sign-in is there now, whoever committed it (P4).
  const auto taken =
      slowest.time([&] { return storage.take_sign_in(make_take(kTortureTenant, number)); });
  if (!taken) fail_torture("take_sign_in: " + taken.error().detail);
  if (taken->outcome == TakeOutcome::kTaken) ++won.takes;
  if (taken->outcome == TakeOutcome::kNone) {
    fail_torture("a committed sign-in is not to be seen");
  }
}

}  // namespace

void fail_torture(const std::string& why) {
  std::fprintf(stderr, "FAILED: %s\n", why.c_str());
  std::_Exit(1);  // other threads are at work
}

int work_until_killed(Storage& storage, std::uint64_t first) {
  Slowest slowest;
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kKillThreads; ++i) {
    threads.emplace_back([&, from = first + i * kApart] {
      register_users(storage, from, from + kApart, slowest, [](char step, std::uint64_t number) {
        say(std::string(1, step) + " " + std::to_string(number));
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

int write_users(Storage& storage, int threads, std::uint64_t first, std::uint64_t users) {
  Slowest slowest;
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&, from = first + static_cast<std::uint64_t>(i) * kApart] {
      register_users(storage, from, from + users, slowest, [](char, std::uint64_t) {});
    });
  }
  for (std::thread& thread : all) thread.join();
  say(std::to_string(slowest.milliseconds()));
  return 0;
}

int race(Storage& storage, int threads) {
  Won won;
  Slowest slowest;
  std::uint64_t number = 0;  // 0: the end
  std::barrier turn(threads + 1);
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      for (;;) {
        turn.arrive_and_wait();
        if (number == 0) return;
        race_once(storage, number, won, slowest);
        turn.arrive_and_wait();
      }
    });
  }
  std::array<char, 32> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), stdin) != nullptr) {
    number = std::strtoull(line.data(), nullptr, 10);
    won.commits = won.takes = 0;
    turn.arrive_and_wait();
    turn.arrive_and_wait();
    say(std::to_string(won.commits) + " " + std::to_string(won.takes) + " " +
        std::to_string(slowest.milliseconds()));
  }
  number = 0;
  turn.arrive_and_wait();
  for (std::thread& thread : all) thread.join();
  return 0;
}

}  // namespace masterkey2::testing
