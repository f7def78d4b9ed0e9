// Processes that write at the same time, race for the same claims and are killed at any moment.
//
//   storage_torture --rounds N --mode kill|race|both [--plugin …] [--option key=value]…
//
// kill: workers register users and sign in, and say so after each acknowledged commit; they are
//   killed at random moments; everything that they said must be in the store afterwards.
// race: all threads of all workers commit the same sign-in and take it; one of each must win.
#include "plugins/torture.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "plugins/backend.hpp"
#include "plugins/rows.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::uint64_t kTenant = 1;
constexpr int kProcesses = 4;
constexpr int kRaceThreads = 4;
constexpr int kKillThreads = 3;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "FAILED: %s\n", why.c_str());
  std::exit(1);
}

/// Whole lines below PIPE_BUF are written at once.
void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    std::_Exit(3);
  }
}

// Workers.

void register_users(Storage& storage, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t number = first; number < last; ++number) {
    const auto put = storage.put_user(make_put_user(kTenant, number));
    if (!put || put->outcome != Outcome::kDone) fail("put_user: " + put.error().detail);
    say("u " + std::to_string(number));
    const auto registered = storage.commit_registration(make_registration(kTenant, number, number));
    if (!registered) fail("commit_registration: " + registered.error().detail);
    if (*registered != Outcome::kDone) fail("commit_registration was refused");
    say("c " + std::to_string(number));
    CommitSignIn sign_in = make_sign_in(kTenant, number, number, number + 1'000'000'000, number);
    sign_in.update.emplace();
    sign_in.update->expected_version = 1;
    sign_in.update->sign_count = 42;
    const auto signed_in = storage.commit_sign_in(sign_in);
    if (!signed_in) fail("commit_sign_in: " + signed_in.error().detail);
    if (*signed_in != Outcome::kDone) fail("commit_sign_in was refused");
    say("s " + std::to_string(number));
    if (number % 2 == 0) {
      const auto taken = storage.take_sign_in(make_take(kTenant, number + 1'000'000'000));
      if (!taken || taken->outcome != TakeOutcome::kTaken) fail("take_sign_in");
      say("t " + std::to_string(number));
    }
    if (number % 5 == 0) {
      Guard guard = make_guard(kTenant);
      const auto erased = storage.erase_user(guard, make_user(number).external_id,
                                             make_audit(kTenant, 3'000'000 + number));
      if (!erased || *erased != Outcome::kDone) fail("erase_user");
      say("e " + std::to_string(number));
    }
  }
}

int work_until_killed(Storage& storage, std::uint64_t first) {
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kKillThreads; ++i) {
    threads.emplace_back(
        [&storage, from = first + i * 100'000] { register_users(storage, from, from + 100'000); });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

/// Each line on standard input is the number of a sign-in: everybody tries to commit and to take
/// it. Says how many times this process won.
int race(Storage& storage) {
  std::array<char, 32> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), stdin) != nullptr) {
    const std::uint64_t number = std::strtoull(line.data(), nullptr, 10);
    std::atomic<int> commits = 0;
    std::atomic<int> takes = 0;
    std::atomic<int> ready = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kRaceThreads; ++i) {
      threads.emplace_back([&] {
        const CommitSignIn commit = make_sign_in(kTenant, 1, 1, number, number);
        ++ready;
        while (ready.load() < kRaceThreads) std::this_thread::yield();
        const auto done = storage.commit_sign_in(commit);
        if (!done) fail("commit_sign_in: " + done.error().detail);
        if (*done == Outcome::kDone) ++commits;
        // The sign-in is there now, whoever committed it (P4).
        const auto taken = storage.take_sign_in(make_take(kTenant, number));
        if (!taken) fail("take_sign_in: " + taken.error().detail);
        if (taken->outcome == TakeOutcome::kTaken) ++takes;
        if (taken->outcome == TakeOutcome::kNone) fail("a committed sign-in is not to be seen");
      });
    }
    for (std::thread& thread : threads) thread.join();
    say(std::to_string(commits) + " " + std::to_string(takes));
  }
  return 0;
}

// The parent.

struct Worker {
  pid_t pid = -1;
  int input = -1;   ///< its standard input
  int output = -1;  ///< its standard output
};

Worker start(const std::string& program, std::vector<std::string> arguments) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) fail("pipe");
  arguments.insert(arguments.begin(), program);
  std::vector<char*> list;
  for (std::string& argument : arguments) list.push_back(argument.data());
  list.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    ::dup2(to[0], STDIN_FILENO);
    ::dup2(from[1], STDOUT_FILENO);
    ::execv(program.c_str(), list.data());
    std::_Exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  return {pid, to[1], from[0]};
}

std::string read_until_closed(int fd) {
  std::string text;
  std::array<char, 65536> chunk{};
  ssize_t count = 0;
  while ((count = ::read(fd, chunk.data(), chunk.size())) > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/// Drains what is there, so that a worker is never stopped by a full pipe.
void drain(std::vector<Worker>& workers, std::vector<std::string>& said,
           std::chrono::steady_clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    std::vector<pollfd> waits;
    for (const Worker& worker : workers) waits.push_back({worker.output, POLLIN, 0});
    if (::poll(waits.data(), waits.size(), static_cast<int>(left.count())) <= 0) continue;
    for (std::size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].revents == 0) continue;
      std::array<char, 65536> chunk{};
      const ssize_t count = ::read(workers[i].output, chunk.data(), chunk.size());
      if (count <= 0) fail("a worker ended by itself");
      said[i].append(chunk.data(), static_cast<std::size_t>(count));
    }
  }
}

void expect_kept(Storage& storage, const std::string& said, std::uint64_t& checked) {
  // Only the last few of each thread are news; all are looked at.
  std::size_t at = 0;
  std::map<std::uint64_t, std::string> by_number;
  while (at < said.size()) {
    const std::size_t end = said.find('\n', at);
    if (end == std::string::npos) break;  // killed while it was speaking
    by_number[std::strtoull(said.c_str() + at + 2, nullptr, 10)] += said[at];
    at = end + 1;
  }
  for (const auto& [number, steps] : by_number) {
    const auto has = [&steps = steps](char step) { return steps.find(step) != std::string::npos; };
    const auto view =
        storage.find_user(id_of<TenantId>(kTenant), make_user(number).handle, true, std::nullopt);
    if (!view) fail("find_user: " + view.error().detail);
    ++checked;
    if (has('e')) {
      if (view->user) fail("user " + std::to_string(number) + " is back");
      continue;
    }
    // An erasure that was not acknowledged may have happened, or not; the same for the rest.
    const bool may_be_erased = number % 5 == 0 && has('s') && (number % 2 != 0 || has('t'));
    if (!view->user && may_be_erased) continue;
    if (!view->user) fail("user " + std::to_string(number) + " is lost");
    if (has('c') && view->credentials.size() != 1) {
      fail("credential " + std::to_string(number) + " is lost");
    }
    if (has('s') && view->credentials[0].sign_count != 42) {
      fail("sign-in " + std::to_string(number) + " is lost");
    }
    const auto again = storage.commit_sign_in(
        make_sign_in(kTenant, number, number, number + 1'000'000'000, number));
    if (!again) fail("commit_sign_in: " + again.error().detail);
    if (has('s') && *again != Outcome::kClaimTaken) fail("a claim is lost");
    if (has('t')) {
      const auto taken = storage.take_sign_in(make_take(kTenant, number + 1'000'000'000));
      if (!taken || taken->outcome != TakeOutcome::kAlreadyTaken) fail("a taking is lost");
    }
  }
}

void prepare(Storage& storage) {
  if (const auto made = storage.initialize(make_installation()); !made) {
    fail("initialize: " + made.error().detail);
  }
  if (const auto made = storage.insert_tenant(make_insert_tenant(kTenant)); !made) {
    fail("insert_tenant: " + made.error().detail);
  }
}

void run_kills(const std::string& program, int rounds, std::uint32_t seed) {
  const TemporaryFolder folder;
  const Backend& backend = Backend::chosen();
  prepare(load(backend.request(folder.path())).storage());
  std::mt19937 random(seed);
  std::uint64_t first = 1;
  std::uint64_t checked = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<Worker> workers;
    for (int i = 0; i < kProcesses; ++i, first += kKillThreads * 100'000) {
      std::vector<std::string> arguments = backend.arguments(folder.path());
      arguments.insert(arguments.end(), {"--worker", "kill", "--first", std::to_string(first)});
      workers.push_back(start(program, arguments));
    }
    std::vector<std::string> said(workers.size());
    const auto lifetime = std::chrono::milliseconds(20 + random() % 130);
    drain(workers, said, std::chrono::steady_clock::now() + lifetime);
    for (const Worker& worker : workers) ::kill(worker.pid, SIGKILL);
    for (std::size_t i = 0; i < workers.size(); ++i) {
      said[i] += read_until_closed(workers[i].output);
      ::close(workers[i].output);
      ::close(workers[i].input);
      ::waitpid(workers[i].pid, nullptr, 0);
    }
    LoadedStorage loaded = load(backend.request(folder.path()));
    for (const std::string& words : said) expect_kept(loaded.storage(), words, checked);
  }
  std::printf("kill: %d rounds x %d processes, %llu acknowledged users looked at, none lost\n",
              rounds, kProcesses, static_cast<unsigned long long>(checked));
  if (checked == 0) fail("nothing was acknowledged");
}

void run_races(const std::string& program, int rounds) {
  const TemporaryFolder folder;
  const Backend& backend = Backend::chosen();
  LoadedStorage loaded = load(backend.request(folder.path()));
  prepare(loaded.storage());
  if (!loaded.storage().put_user(make_put_user(kTenant, 1)) ||
      !loaded.storage().commit_registration(make_registration(kTenant, 1, 1))) {
    fail("cannot prepare");
  }
  std::vector<Worker> workers;
  for (int i = 0; i < kProcesses; ++i) {
    std::vector<std::string> arguments = backend.arguments(folder.path());
    arguments.insert(arguments.end(), {"--worker", "race"});
    workers.push_back(start(program, arguments));
  }
  std::vector<std::FILE*> answers;
  for (const Worker& worker : workers) answers.push_back(::fdopen(worker.output, "r"));
  for (int round = 0; round < rounds; ++round) {
    const std::string line = std::to_string(10'000 + round) + "\n";
    for (const Worker& worker : workers) {
      if (::write(worker.input, line.data(), line.size()) < 0) fail("a worker ended by itself");
    }
    int commits = 0;
    int takes = 0;
    for (std::FILE* answer : answers) {
      int won = 0;
      int taken = 0;
      if (std::fscanf(answer, "%d %d", &won, &taken) != 2) fail("a worker ended by itself");
      commits += won;
      takes += taken;
    }
    if (commits != 1 || takes != 1) {
      fail("round " + std::to_string(round) + ": " + std::to_string(commits) + " commits and " +
           std::to_string(takes) + " takes have won");
    }
  }
  for (std::size_t i = 0; i < workers.size(); ++i) {
    ::close(workers[i].input);
    std::fclose(answers[i]);
    int status = 0;
    ::waitpid(workers[i].pid, &status, 0);
    if (status != 0) fail("a worker failed");
  }
  std::printf("race: %d rounds x %d processes x %d threads, one winner each\n", rounds, kProcesses,
              kRaceThreads);
}

}  // namespace

int torture_main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  int rounds = 10;
  std::string mode = "both";
  std::string worker;
  std::uint64_t first = 0;
  std::uint32_t seed = std::random_device{}();
  for (int i = 1; i + 1 < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--rounds") rounds = std::atoi(argv[i + 1]);
    if (flag == "--mode") mode = argv[i + 1];
    if (flag == "--worker") worker = argv[i + 1];
    if (flag == "--first") first = std::strtoull(argv[i + 1], nullptr, 10);
    if (flag == "--seed") seed = static_cast<std::uint32_t>(std::strtoul(argv[i + 1], nullptr, 10));
  }
  Backend::chosen().read_arguments(argc, argv);
  if (!worker.empty()) {
    const LoadedStorage loaded = load(Backend::chosen().request(""));
    return worker == "race" ? race(loaded.storage()) : work_until_killed(loaded.storage(), first);
  }
  if (rounds < 1 || (mode != "kill" && mode != "race" && mode != "both")) {
    std::fprintf(stderr, "usage: storage_torture [--rounds N] [--mode kill|race|both]\n");
    return 2;
  }
  if (mode != "race") {
    std::printf("kill: seed %u\n", seed);
    run_kills("/proc/self/exe", rounds, seed);
  }
  if (mode != "kill") run_races("/proc/self/exe", rounds);
  return 0;
}

}  // namespace masterkey2::testing
