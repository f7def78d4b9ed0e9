// More load than the server can carry, and one tenant that floods while another signs in quietly,
// on both storages. Writes what each took as JSON to stdout; report.py --overload judges it.
//
//     masterkey2-overload [--seconds N] [--times N] [--storage flatfile|mysql] [--quick]
//
// --quick: no more than the overload itself, on the flat file.
//
// Where the machine has cores for it, the server (with its database) has one for itself, and
// visitors and nginx have the others: on one core more visitors would mean less server.
//
// A flood keeps its own web server busy, too, and whoever comes through it waits for that. So it
// has one for itself, which lets the others on its core go first. What the server makes of a flood
// is told by few visitors beside it.
#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench/contender.hpp"
#include "bench/cores.hpp"
#include "bench/deployment.hpp"
#include "bench/open_load.hpp"
#include "bench/program.hpp"
#include "bench/usage.hpp"
#include "encoding/json.hpp"
#include "plugins/mysql/mariadb_server.hpp"

namespace masterkey2::bench {
namespace {

using testing::MariadbServer;
using testing::NginxProcess;

struct Options {
  double seconds = 20;  ///< of each overload
  double times = 5;     ///< the capacity
  Storages storages;
  bool quick = false;
};

constexpr std::size_t kMembers = 200;
constexpr std::size_t kTokens = 1'000;
/// Of the few.
constexpr double kFewPerSecond = 50;
constexpr std::size_t kFewSockets = 32;
constexpr double kRecoverySeconds = 5;
/// Slices of time after the overload, in one of which the server is again what it was.
constexpr double kSlice = 0.25;
/// A quiet tenant alone, and beside a flood, in turns: a disk that stalls for a tenth of a second,
/// which it does without any load, spoils some of these spells and not the one in the middle.
constexpr int kSpells = 7;
constexpr double kSpellPart = 0.2;  ///< of `seconds`
/// A flood has begun in earnest by then.
constexpr double kLead = 1;
constexpr unsigned kWebConnections = 4'096;

/// A tenant's visitors.
struct Crowd {
  Door door;
  Members members;
  std::vector<std::string> tokens;
};

struct Flood {
  Crowd crowd;
  OpenLoad load;
};

class Overload {
 public:
  explicit Overload(Options options) : options_(std::move(options)) {
    const auto cores = usable_cores();
    apart_ = cores.size() > 1;
    server_cores_ = apart_ ? std::vector<int>{cores.front()} : cores;
    other_cores_ = apart_ ? std::vector<int>(cores.begin() + 1, cores.end()) : cores;
  }

  Json run() {
    const OnCores mine(other_cores_);
    if (options_.storages.flat_file) one("flat file", "");
    if (options_.storages.mysql) {
      std::unique_ptr<MariadbServer> mariadb;
      {
        const OnCores its(server_cores_);
        mariadb = std::make_unique<MariadbServer>(mariadb_options());
      }
      one("MySQL", mysql_storage(*mariadb, "bench"), mariadb->pid());
    }
    result_["times"] = options_.times;
    result_["apart"] = apart_;
    result_["cores"] = server_cores_.size() + (apart_ ? other_cores_.size() : 0);
    return result_;
  }

 private:
  void start(Deployment& deployment) const {
    const OnCores its(server_cores_);
    deployment.start();
  }

  static Crowd crowd(const Door& door) {
    return {door, register_members(door, kMembers), make_session_tokens(door, kTokens)};
  }

  void one(const std::string& name, const std::string& storage, pid_t database = 0) {
    progress(name);
    Deployment deployment(storage);
    const std::string other_key = deployment.add_tenant();
    // With few places in its queue, so that there are refusals however fast the server is.
    if (options_.quick) deployment.set_workers(4);
    start(deployment);
    auto contents = kept_front(deployment.socket(), OpenLoad().sockets);
    contents.connections = kWebConnections;
    const NginxProcess front(contents);
    std::optional<NginxProcess> flood_front;
    give_way([&] { flood_front.emplace(contents); });
    const Crowd busy = crowd({front.port(), deployment.api_key()});
    const Crowd quiet = crowd({front.port(), other_key});
    who_ = {.name = name,
            .door = busy.door,
            .server = {deployment.pid()},
            .web = family_of(front.pid()),
            .database = {},
            .members = {}};
    std::ranges::copy(family_of(flood_front->pid()), std::back_inserter(who_.web));
    if (database > 0) who_.database = {database};
    Json& result = result_["storages"][name];

    const std::size_t threads = thread_count(deployment.pid());
    closed(busy, options_.seconds / 4);  // warm
    const Json capacity = closed(busy, options_.seconds / 2);
    const double rate = capacity.at("per_second").get<double>();
    result["capacity"] = capacity;
    progress(name + ": " + std::to_string(static_cast<int>(rate)) + " sign-ins/s; now " +
             std::to_string(static_cast<int>(rate * options_.times)) + " visitors/s");
    Flood flood{.crowd = busy,
                .load = {.per_second = rate * options_.times, .seconds = options_.seconds}};
    flood.crowd.door.port = flood_front->port();
    result["overload"] = flooded(flood, busy);
    result["recovery"] = recovery(busy, rate);
    result["lost_threads"] = threads - thread_count(deployment.pid());
    if (options_.quick) return;
    result["capacity_after"] = closed(busy, options_.seconds / 2);

    flood.load.seconds = options_.seconds * kSpellPart + 2 * kLead;
    progress(name + ": a quiet tenant, alone and while another one floods");
    result["fairness"] = in_turns(flood, quiet);
    progress(name + ": … the same with the limits as shipped");
    deployment.stop();
    deployment.limit(Limits::kShipped);
    start(deployment);
    who_.server = {deployment.pid()};
    flood.crowd.tokens.resize(1);
    result["fairness_limited"] = in_turns(flood, quiet);
  }

  /// What `load` answers, and what it took of the machine.
  Json measured(const std::function<Json()>& load) {
    Json answer;
    const Round round = measure(who_, sample_, "", 0, [&] {
      answer = load();
      return std::vector<double>();
    });
    answer["usage"] = as_json(round);
    return answer;
  }

  Json closed(const Crowd& crowd, double seconds) {
    return measured([&] {
      std::size_t good = 0;
      std::size_t refused = 0;
      double end = seconds;
      for (const Visit& visit : sign_in_for(crowd.door, crowd.members, crowd.tokens, seconds)) {
        ++(visit.good ? good : refused);
        end = std::max(end, visit.ended);
      }
      return Json{{"per_second", static_cast<double>(good) / end}, {"refused", refused}};
    });
  }

  /// When, after the overload, the server first did four fifths of `rate` in a slice of time.
  Json recovery(const Crowd& crowd, double rate) {
    std::vector<std::size_t> slices(static_cast<std::size_t>(kRecoverySeconds / kSlice));
    double first = kRecoverySeconds;
    for (const Visit& visit :
         sign_in_for(crowd.door, crowd.members, crowd.tokens, kRecoverySeconds)) {
      const auto slice = static_cast<std::size_t>(visit.ended / kSlice);
      if (!visit.good || slice >= slices.size()) continue;
      ++slices[slice];
      first = std::min(first, visit.ended);
    }
    double recovered = kRecoverySeconds;
    for (std::size_t i = slices.size(); i-- > 0;) {
      if (static_cast<double>(slices[i]) >= 0.8 * rate * kSlice)
        recovered = static_cast<double>(i + 1) * kSlice;
    }
    return {{"first_sign_in_s", first}, {"full_rate_s", recovered}, {"slices", slices}};
  }

  /// Few visitors, for `seconds`.
  static Json few(const Crowd& crowd, double seconds) {
    const OpenLoad load{.per_second = kFewPerSecond, .seconds = seconds, .sockets = kFewSockets};
    return as_json(offer(crowd.door, crowd.members, crowd.tokens, load));
  }

  /// What the flood met, and `beside` it a few others in its midst.
  Json flooded(const Flood& flood, const Crowd& others) {
    return measured([&] {
      Json result;
      std::thread flooding([&] {
        give_way([&] {
          result =
              as_json(offer(flood.crowd.door, flood.crowd.members, flood.crowd.tokens, flood.load));
        });
      });
      std::this_thread::sleep_for(std::chrono::duration<double>(kLead));
      Json beside = few(others, flood.load.seconds - 2 * kLead);
      flooding.join();
      result["beside"] = std::move(beside);
      return result;
    });
  }

  Json in_turns(const Flood& flood, const Crowd& quiet) {
    Json spells = {{"alone", Json::array()}, {"flooded", Json::array()}};
    for (int i = 0; i < kSpells; ++i) {
      spells["alone"].push_back(
          measured([&] { return few(quiet, options_.seconds * kSpellPart); }));
      spells["flooded"].push_back(flooded(flood, quiet));
    }
    return spells;
  }

  Options options_;
  bool apart_ = false;
  std::vector<int> server_cores_;
  std::vector<int> other_cores_;
  figures::AssertionSample sample_;
  Contender who_;
  Json result_;
};

Options parse(Words words) {
  Options options;
  words.take("--seconds", options.seconds);
  words.take("--times", options.times);
  options.storages = words.take_storages();
  options.quick = words.take("--quick");
  if (options.quick) options.storages = {.flat_file = true, .mysql = false};
  words.end();
  return options;
}

}  // namespace
}  // namespace masterkey2::bench

int main(int argc, char** argv) {
  using namespace masterkey2::bench;
  return run_program(argc, argv,
                     [](Words words) { return Overload(parse(std::move(words))).run(); });
}
