// What commits, memory and the start of a large store cost. Figures to be read by people.
//
//   storage_bench commit [--seconds S]                sign-in commits per second, CPU for each
//   storage_bench fill --users N [--threads T]        users with two passkeys each
//   storage_bench start --users N [--wait S]          time and memory of opening, cost of look-ups;
//                                                     stays S seconds for what runs beside
// with --option path=… as the other programs; `fill` and `start` want the same path.
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "plugins/backend.hpp"
#include "plugins/rows.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

[[noreturn]] void fail(const StorageError& error) {
  std::fprintf(stderr, "failed: %s\n", error.detail.c_str());
  std::exit(1);
}

template <class T>
T must(StorageResult<T> result) {
  if (!result) fail(result.error());
  return std::move(*result);
}

void prepare(Storage& storage) {
  (void)must(storage.initialize(make_installation()));
  (void)must(storage.insert_tenant(make_insert_tenant(1)));
}

void bench_commits(const PluginRequest& request, double seconds) {
  const LoadedStorage loaded = load(request);
  Storage& storage = loaded.storage();
  prepare(storage);
  constexpr std::uint64_t kUsers = 64;
  for (std::uint64_t user = 1; user <= kUsers; ++user) {
    (void)must(storage.put_user(make_put_user(1, user)));
    (void)must(storage.commit_registration(make_registration(1, user, user)));
  }
  std::atomic<std::uint64_t> number = 1'000'000;
  for (const int threads : {1, 8, 32}) {
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> done = 0;
    const double cpu = cpu_seconds();
    const auto start = Clock::now();
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, user = static_cast<std::uint64_t>(i) + 1] {
        while (!stop) {
          const std::uint64_t mine = ++number;
          if (must(storage.commit_sign_in(make_sign_in(1, user, user, mine, mine))) ==
              Outcome::kDone) {
            ++done;
          }
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    stop = true;
    for (std::thread& thread : running) thread.join();
    const double elapsed = seconds_since(start);
    const auto count = static_cast<double>(done.load());
    std::printf("commit: %2d threads %8.0f /s, %6.1f us CPU each\n", threads, count / elapsed,
                (cpu_seconds() - cpu) * 1e6 / count);
  }
}

void fill(const PluginRequest& request, std::uint64_t users, int threads) {
  const LoadedStorage loaded = load(request);
  Storage& storage = loaded.storage();
  prepare(storage);
  std::atomic<std::uint64_t> next = 0;
  const auto start = Clock::now();
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&] {
      for (std::uint64_t user = ++next; user <= users; user = ++next) {
        (void)must(storage.put_user(make_put_user(1, user)));
        (void)must(storage.commit_registration(make_registration(1, user, user * 2)));
        (void)must(storage.commit_registration(make_registration(1, user, user * 2 + 1)));
        if (user % 100'000 == 0) {
          std::fprintf(stderr, "%llu users, %.0f s\n", static_cast<unsigned long long>(user),
                       seconds_since(start));
          (void)must(storage.purge_expired(kLater + 1, UINT32_MAX));
        }
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  (void)must(storage.purge_expired(kLater + 1, UINT32_MAX));
}

void start_and_look(const PluginRequest& request, std::uint64_t users, double wait) {
  const double before = resident_mib();
  const double cpu = cpu_seconds();
  const auto start = Clock::now();
  const LoadedStorage loaded = load(request);
  Storage& storage = loaded.storage();
  if (const auto checked = storage.check(); !checked) fail(checked.error());
  std::printf("start: %.2f s, %.2f s CPU, %.0f MiB resident more, %.0f B for each passkey\n",
              seconds_since(start), cpu_seconds() - cpu, resident_mib() - before,
              (resident_mib() - before) * (1 << 20) / static_cast<double>(users * 2));
  std::mt19937_64 random(1);
  constexpr int kLookups = 200'000;
  const double lookups = cpu_seconds();
  for (int i = 0; i < kLookups; ++i) {
    const std::uint64_t user = random() % users + 1;
    const auto view =
        must(storage.read_sign_in(id_of<TenantId>(1), make_credential(user, user * 2).id, {}));
    if (!view.credential) {
      std::fprintf(stderr, "user %llu is not there\n", static_cast<unsigned long long>(user));
      std::exit(1);
    }
  }
  std::printf("look-up: %.2f us CPU each\n", (cpu_seconds() - lookups) * 1e6 / kLookups);
  std::this_thread::sleep_for(std::chrono::duration<double>(wait));
}

}  // namespace
}  // namespace masterkey2::testing

int main(int argc, char** argv) {
  namespace mt = masterkey2::testing;
  const std::string mode = argc > 1 ? argv[1] : "";
  double seconds = 2;
  double wait = 0;
  std::uint64_t users = 1000;
  int threads = 8;
  for (int i = 2; i + 1 < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--seconds") seconds = std::atof(argv[i + 1]);
    if (flag == "--users") users = std::strtoull(argv[i + 1], nullptr, 10);
    if (flag == "--wait") wait = std::atof(argv[i + 1]);
    if (flag == "--threads") threads = std::atoi(argv[i + 1]);
  }
  mt::Backend::chosen().read_arguments(argc, argv);
  const mt::TemporaryFolder folder;
  const masterkey2::PluginRequest request = mt::Backend::chosen().request(folder.path());
  if (mode == "commit") {
    mt::bench_commits(request, seconds);
  } else if (mode == "fill") {
    mt::fill(request, users, threads);
  } else if (mode == "start") {
    mt::start_and_look(request, users, wait);
  } else {
    std::fprintf(stderr, "usage: storage_bench commit|fill|start …\n");
    return 2;
  }
  return 0;
}
