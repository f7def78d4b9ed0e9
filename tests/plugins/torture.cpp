// Processes that write at the same time, race for the same claims and are killed at any moment.
//
//   storage_torture --rounds N --mode kill|race|both|write [--threads N] [--plugin …] [--option …]…
//
// kill: workers register users and sign in, and say so after each acknowledged commit; they are
//   killed at random moments; everything that they said must be in the store afterwards.
// race: all threads of all workers (4 processes × `--threads`) commit the same sign-in and take it;
//   one of each must win. So 16 threads are 64 parallel claims of one id in each round.
// write: all of them write, `--rounds` users each; nobody may be told that others hold the lock.
#include "plugins/torture.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
#include "plugins/torture_worker.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

constexpr int kProcesses = 4;
constexpr int kMostThreads = 256;
/// Numbers of the users of one process: 100,000 for each of its threads.
constexpr std::uint64_t kApartInKills = 300'000;
constexpr std::uint64_t kApartInWrites = 100'000 * kMostThreads;
constexpr int kMostUsers = 100'000;  ///< of a thread

[[noreturn]] void fail(const std::string& why) { fail_torture(why); }

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

/// Of a worker that comes to its end when nothing more is said to it.
void end(const Worker& worker) {
  ::close(worker.input);
  int status = 0;
  ::waitpid(worker.pid, &status, 0);
  if (status != 0) fail("a worker failed");
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

/// Until some worker has had something acknowledged: on a busy machine that takes its time.
void await_first_word(const std::vector<Worker>& workers) {
  constexpr int kMilliseconds = 60'000;
  std::vector<pollfd> waits;
  for (const Worker& worker : workers) waits.push_back({worker.output, POLLIN, 0});
  if (::poll(waits.data(), waits.size(), kMilliseconds) <= 0) fail("no worker has begun");
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
    const auto view = storage.find_user(id_of<TenantId>(kTortureTenant), make_user(number).handle,
                                        true, std::nullopt);
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
        make_sign_in(kTortureTenant, number, number, number + 1'000'000'000, number));
    if (!again) fail("commit_sign_in: " + again.error().detail);
    if (has('s') && *again != Outcome::kClaimTaken) fail("a claim is lost");
    if (has('t')) {
      const auto taken = storage.take_sign_in(make_take(kTortureTenant, number + 1'000'000'000));
      if (!taken || taken->outcome != TakeOutcome::kAlreadyTaken) fail("a taking is lost");
    }
  }
}

void prepare(Storage& storage) {
  if (const auto made = storage.initialize(make_installation()); !made) {
    fail("initialize: " + made.error().detail);
  }
  if (const auto made = storage.insert_tenant(make_insert_tenant(kTortureTenant)); !made) {
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
    for (int i = 0; i < kProcesses; ++i, first += kApartInKills) {
      std::vector<std::string> arguments = backend.arguments(folder.path());
      arguments.insert(arguments.end(), {"--worker", "kill", "--first", std::to_string(first)});
      workers.push_back(start(program, arguments));
    }
    std::vector<std::string> said(workers.size());
    // Now and then they die while they still open the store.
    if (round % 4 != 3) await_first_word(workers);
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

void run_races(const std::string& program, int rounds, int threads) {
  const TemporaryFolder folder;
  const Backend& backend = Backend::chosen();
  LoadedStorage loaded = load(backend.request(folder.path()));
  prepare(loaded.storage());
  if (!loaded.storage().put_user(make_put_user(kTortureTenant, 1)) ||
      !loaded.storage().commit_registration(make_registration(kTortureTenant, 1, 1))) {
    fail("cannot prepare");
  }
  std::vector<Worker> workers;
  for (int i = 0; i < kProcesses; ++i) {
    std::vector<std::string> arguments = backend.arguments(folder.path());
    arguments.insert(arguments.end(), {"--worker", "race", "--threads", std::to_string(threads)});
    workers.push_back(start(program, arguments));
  }
  std::vector<std::FILE*> answers;
  for (const Worker& worker : workers) answers.push_back(::fdopen(worker.output, "r"));
  const auto began = std::chrono::steady_clock::now();
  long long slowest = 0;
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
      long long longest = 0;
      if (std::fscanf(answer, "%d %d %lld", &won, &taken, &longest) != 3) {
        fail("a worker ended by itself");
      }
      commits += won;
      takes += taken;
      slowest = std::max(slowest, longest);
    }
    if (commits != 1 || takes != 1) {
      fail("round " + std::to_string(round) + ": " + std::to_string(commits) + " commits and " +
           std::to_string(takes) + " takes have won");
    }
  }
  for (const Worker& worker : workers) end(worker);
  for (std::FILE* answer : answers) std::fclose(answer);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("race: %d rounds x %d processes x %d threads, one winner each; ", rounds, kProcesses,
              threads);
  std::printf("%.0f s, slowest call %lld ms\n", took.count(), slowest);
}

void run_writes(const std::string& program, int users, int threads) {
  const TemporaryFolder folder;
  const Backend& backend = Backend::chosen();
  prepare(load(backend.request(folder.path())).storage());
  std::vector<Worker> workers;
  std::uint64_t first = 1;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < kProcesses; ++i, first += kApartInWrites) {
    std::vector<std::string> arguments = backend.arguments(folder.path());
    arguments.insert(arguments.end(),
                     {"--worker", "write", "--threads", std::to_string(threads), "--rounds",
                      std::to_string(users), "--first", std::to_string(first)});
    workers.push_back(start(program, arguments));
  }
  long long slowest = 0;
  for (const Worker& worker : workers) {
    slowest = std::max(slowest, std::atoll(read_until_closed(worker.output).c_str()));
    end(worker);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("write: %d processes x %d threads x %d users, nobody waited in vain; ", kProcesses,
              threads, users);
  std::printf("%.0f s, slowest call %lld ms\n", took.count(), slowest);
}

}  // namespace

int torture_main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  int rounds = 10;
  int threads = 4;
  std::string mode = "both";
  std::string worker;
  std::uint64_t first = 0;
  std::uint32_t seed = std::random_device{}();
  for (int i = 1; i + 1 < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--rounds") rounds = std::atoi(argv[i + 1]);
    if (flag == "--threads") threads = std::atoi(argv[i + 1]);
    if (flag == "--mode") mode = argv[i + 1];
    if (flag == "--worker") worker = argv[i + 1];
    if (flag == "--first") first = std::strtoull(argv[i + 1], nullptr, 10);
    if (flag == "--seed") seed = static_cast<std::uint32_t>(std::strtoul(argv[i + 1], nullptr, 10));
  }
  Backend::chosen().read_arguments(argc, argv);
  if (threads < 1 || threads > kMostThreads) rounds = 0;
  if (!worker.empty()) {
    const LoadedStorage loaded = load(Backend::chosen().request(""));
    if (worker == "race") return race(loaded.storage(), threads);
    if (worker == "kill") return work_until_killed(loaded.storage(), first);
    return write_users(loaded.storage(), threads, first, static_cast<std::uint64_t>(rounds));
  }
  const bool known = mode == "kill" || mode == "race" || mode == "both" || mode == "write";
  if (rounds < 1 || !known || (mode == "write" && rounds > kMostUsers)) {
    std::fprintf(stderr,
                 "usage: storage_torture [--rounds N] [--mode kill|race|both|write] [--threads "
                 "1..%d]\n",
                 kMostThreads);
    return 2;
  }
  if (mode == "write") {
    run_writes("/proc/self/exe", rounds, threads);
    return 0;
  }
  if (mode != "race") {
    std::printf("kill: seed %u\n", seed);
    run_kills("/proc/self/exe", rounds, seed);
  }
  if (mode != "kill") run_races("/proc/self/exe", rounds, threads);
  return 0;
}

}  // namespace masterkey2::testing
