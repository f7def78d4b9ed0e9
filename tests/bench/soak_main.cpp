// Hours of mixed load on an installation whose database restarts and whose configuration is read
// again. Writes what was counted, and the server's memory, descriptors and threads over the time,
// as JSON to stdout; report.py --soak judges it.
//
//     masterkey2-soak [--minutes N] [--per-second N] [--restart-minutes N]
//                     [--storage flatfile|mysql]
//
// Both storages at the same time unless one is named. --per-second: rounds on each of them.
#include <chrono>
#include <csignal>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "bench/deployment.hpp"
#include "bench/program.hpp"
#include "bench/soak_work.hpp"
#include "bench/usage.hpp"
#include "encoding/json.hpp"
#include "plugins/mysql/mariadb_server.hpp"

namespace masterkey2::bench {
namespace {

using std::chrono::steady_clock;
using testing::MariadbServer;
using testing::NginxProcess;

struct Options {
  double minutes = 60;
  double per_second = 100;
  double restart_minutes = 5;
  Storages storages;
};

constexpr unsigned kWorkers = 8;
constexpr std::chrono::seconds kSample{2};
constexpr std::chrono::seconds kReload{60};
/// For the server to find its database again.
constexpr std::chrono::seconds kRecovery{10};

class Soak {
 public:
  Soak(Options options, bool mysql) : options_(std::move(options)), mysql_(mysql) {}

  /// The thread that calls it starts and restarts all processes: they end with it.
  Json run() {
    std::unique_ptr<MariadbServer> mariadb;
    if (mysql_) mariadb = std::make_unique<MariadbServer>(mariadb_options());
    Deployment deployment(mysql_ ? mysql_storage(*mariadb, "soak") : "");
    deployment.start();
    const NginxProcess front(kept_front(deployment.socket()));
    begin_ = steady_clock::now();
    end_ = begin_ + std::chrono::duration_cast<steady_clock::duration>(
                        std::chrono::duration<double, std::ratio<60>>(options_.minutes));
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < kWorkers; ++i) {
      workers.emplace_back([&, i] { work({front.port(), deployment.api_key()}, i); });
    }
    watch(deployment.pid(), mariadb.get());
    for (std::thread& worker : workers) worker.join();
    failures_ = deployment.failures();
    return result();
  }

 private:
  /// Rounds at the times at which they are due; those that are late follow at once.
  void work(const Door& door, unsigned number) {
    SoakWorker worker(door, number, counts_);
    const std::chrono::duration<double> pause(kWorkers / options_.per_second);
    auto due = begin_ + pause * number / kWorkers;
    for (std::size_t i = 0; due < end_; ++i, due += pause) {
      std::this_thread::sleep_until(due);
      try {
        worker.round(i);
      } catch (const std::exception& error) {
        const std::lock_guard lock(counts_.mutex);
        ++counts_.wrong[error.what()];
      }
    }
  }

  void watch(pid_t server, MariadbServer* mariadb) {
    auto sample = begin_;
    auto reload = begin_ + kReload;
    const auto pause = std::chrono::duration_cast<steady_clock::duration>(
        std::chrono::duration<double, std::ratio<60>>(options_.restart_minutes));
    auto restart = begin_ + pause;
    auto recovered = begin_;
    while (sample < end_) {
      std::this_thread::sleep_until(sample);
      const auto now = steady_clock::now();
      samples_.push_back({std::chrono::duration<double>(now - begin_).count(),
                          resident_megabytes(server), descriptor_count(server),
                          thread_count(server), counts_.sign_ins.load()});
      if (now >= reload) {
        ::kill(server, SIGHUP);
        ++reloads_;
        reload += kReload;
      }
      if (counts_.disturbed && now >= recovered) counts_.disturbed = false;
      if (mariadb != nullptr && now >= restart) {
        counts_.disturbed = true;
        mariadb->stop();
        mariadb->start();
        ++restarts_;
        recovered = steady_clock::now() + kRecovery;
        restart += pause;
      }
      sample += kSample;
    }
  }

  Json result() {
    return {{"samples", samples_},  // s, MB, descriptors, threads, sign-ins
            {"rounds", counts_.rounds.load()},
            {"sign_ins", counts_.sign_ins.load()},
            {"unavailable", counts_.unavailable.load()},
            {"unexplained", counts_.unexplained.load()},
            {"wrong", Json(counts_.wrong)},
            {"failures", Json(failures_)},
            {"reloads", reloads_},
            {"restarts", restarts_}};
  }

  using Sample = std::tuple<double, double, std::size_t, std::size_t, std::size_t>;

  const Options options_;
  const bool mysql_;
  SoakCounts counts_;
  steady_clock::time_point begin_;
  steady_clock::time_point end_;
  std::vector<Sample> samples_;
  std::map<std::string, std::size_t> failures_;  ///< by their reason
  std::size_t reloads_ = 0;
  std::size_t restarts_ = 0;
};

Json run(Words words) {
  Options options;
  words.take("--minutes", options.minutes);
  words.take("--per-second", options.per_second);
  words.take("--restart-minutes", options.restart_minutes);
  options.storages = words.take_storages();
  words.end();
  Json result;
  Json mysql;
  std::exception_ptr mishap;
  std::thread other([&] {
    try {
      if (options.storages.mysql) mysql = Soak(options, true).run();
    } catch (...) {
      mishap = std::current_exception();
    }
  });
  try {
    if (options.storages.flat_file) result["storages"]["flat file"] = Soak(options, false).run();
  } catch (...) {
    mishap = std::current_exception();
  }
  other.join();
  if (mishap) std::rethrow_exception(mishap);
  if (!mysql.is_null()) result["storages"]["MySQL"] = std::move(mysql);
  return result;
}

}  // namespace
}  // namespace masterkey2::bench

int main(int argc, char** argv) {
  return masterkey2::bench::run_program(argc, argv, masterkey2::bench::run);
}
