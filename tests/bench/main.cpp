// Puts load on our server and on what a site would otherwise run, and writes what each round took
// as JSON to stdout; report.py makes ratios of that.
//
//     masterkey2-bench [--rounds N] [--sign-ins N] [--members N] [--quick] [--peer FOLDER]
//                      [--storage flatfile|mysql]
//
// --quick: sign-ins on the flat file alone. --peer: the folder of server.mjs with its node_modules,
// and of server-go. Both storages unless one is named.
#include <unistd.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/commit_log.hpp"
#include "bench/contender.hpp"
#include "bench/deployment.hpp"
#include "bench/program.hpp"
#include "bench/usage.hpp"
#include "encoding/json.hpp"
#include "plugins/mysql/mariadb_server.hpp"

namespace masterkey2::bench {
namespace {

using testing::MariadbServer;
using testing::NginxProcess;

struct Options {
  std::size_t rounds = 6;
  std::size_t sign_ins = 4'000;  ///< a round
  std::size_t members = 1'000;
  bool quick = false;
  std::string peer;
  Storages storages;
};

constexpr const char* kSignIn = "sign-in";
constexpr const char* kVerified = "sign-in and verify-auth";
/// A page of JavaScript is compiled anew for so long.
constexpr std::size_t kPeerWarmUp = 6'000;
constexpr int kStarts = 5;

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)) {}

  Json run() {
    if (options_.storages.flat_file) start_flat_file();
    if (!options_.quick) {
      if (options_.storages.mysql) start_mysql();
      for (const char* framework : {"express", "fastify"}) {
        start_peer(framework, {"node", options_.peer + "/server.mjs", framework});
      }
      start_peer("go", {options_.peer + "/server-go"});
    }
    for (std::size_t i = 0; i < options_.rounds; ++i) {
      progress("round " + std::to_string(i + 1) + " of " + std::to_string(options_.rounds));
      for (const Contender& contender : contenders_) try_round(contender);
    }
    for (const Contender& contender : contenders_) {
      result_["resident_mb"][contender.name]["at the end"] =
          resident_megabytes(contender.server.front());
    }
    result_.emplace("failed_rounds", Json::array());
    result_["cores"] = std::thread::hardware_concurrency();
    result_["members"] = options_.members;
    return result_;
  }

 private:
  void add(const std::string& name, const Door& door, pid_t server, pid_t database,
           const Members& members) {
    Contender contender{.name = name,
                        .door = door,
                        .server = {server},
                        .web = family_of(fronts_.back()->pid()),
                        .database = {},
                        .members = members};
    if (database > 0) contender.database = {database};
    contenders_.push_back(std::move(contender));
    result_["rounds"][name] = Json::array();
  }

  NginxProcess& front(const NginxProcess::Contents& contents) {
    return *fronts_.emplace_back(std::make_unique<NginxProcess>(contents));
  }

  void warm_up(const Contender& contender, std::size_t sign_ins) const {
    static_cast<void>(sign_in(contender.door, contender.members,
                              make_session_tokens(contender.door, sign_ins), Extent::kVerified));
  }

  void start_flat_file() {
    progress("flat file: " + std::to_string(options_.members) + " members");
    flat_file_ = std::make_unique<Deployment>("");
    commits_.emplace(flat_file_->store());
    flat_file_->start();
    const Door door{front(kept_front(flat_file_->socket())).port(), flat_file_->api_key()};
    const Members members = register_members(door, options_.members);
    Json starts = Json::array();
    for (int i = 0; i < (options_.quick ? 1 : kStarts); ++i) {
      flat_file_->stop();
      starts.push_back(flat_file_->start());
    }
    result_["start_s"] = starts;
    result_["resident_mb"]["flat file"]["after start"] = resident_megabytes(flat_file_->pid());
    add("flat file", door, flat_file_->pid(), 0, members);
    if (!options_.quick) {
      const NginxProcess& shipped = front(shipped_front(flat_file_->socket()));
      add("flat file, shipped snippet", {shipped.port(), door.api_key}, flat_file_->pid(), 0,
          members);
    }
    warm_up(contenders_.front(), options_.sign_ins / 4);
  }

  void start_mysql() {
    progress("MySQL");
    mariadb_ = std::make_unique<MariadbServer>(mariadb_options());
    mysql_ = std::make_unique<Deployment>(mysql_storage(*mariadb_, "bench"));
    mysql_->start();
    const Door door{front(kept_front(mysql_->socket())).port(), mysql_->api_key()};
    const Members members = register_members(door, options_.members);
    mysql_->stop();
    mysql_->start();
    result_["resident_mb"]["MySQL"]["after start"] = resident_megabytes(mysql_->pid());
    add("MySQL", door, mysql_->pid(), mariadb_->pid(), members);
    warm_up(contenders_.back(), options_.sign_ins / 4);
  }

  void start_peer(const std::string& name, std::vector<std::string> command) {
    if (options_.peer.empty()) return;
    progress(name);
    const Peer& peer = *peers_.emplace_back(std::make_unique<Peer>(std::move(command)));
    const Door door{front(http_front(peer.port())).port(), "none"};
    add(name, door, peer.pid(), 0, register_members(door, options_.members));
    warm_up(contenders_.back(), kPeerWarmUp);
  }

  /// A round in which a call fails does not count, and few may: a disk that stalls for half a
  /// second makes the server refuse.
  void try_round(const Contender& contender) {
    try {
      one_round(contender);
    } catch (const std::exception& error) {
      progress(contender.name + ": " + error.what());
      result_["failed_rounds"].push_back(contender.name + ": " + error.what());
      if (result_["failed_rounds"].size() > options_.rounds / 2) throw;
    }
  }

  void one_round(const Contender& contender) {
    if (!options_.quick) sign_in_round(contender, Extent::kSignIn);
    sign_in_round(contender, Extent::kVerified);
    if (options_.quick || contender.name != "flat file") return;
    for (const Refusal& refusal : refusals(contender.door)) {
      keep(contender, measure(contender, sample_, refusal.name, options_.sign_ins, [&] {
             be_refused(contender.door, refusal, options_.sign_ins);
             return std::vector<double>();
           }));
    }
  }

  void sign_in_round(const Contender& contender, Extent extent) {
    const auto tokens = make_session_tokens(contender.door, options_.sign_ins);
    const std::uint64_t statements = questions(contender);
    if (commits_) static_cast<void>(commits_->read_on());
    keep(contender, measure(contender, sample_, extent == Extent::kSignIn ? kSignIn : kVerified,
                            options_.sign_ins, [&] {
                              return sign_in(contender.door, contender.members, tokens, extent);
                            }));
    Json& kept = result_["rounds"][contender.name].back();
    if (commits_) {
      const auto [transactions, syncs] = commits_->read_on();
      if (transactions > 0) kept["transactions"] = transactions;
      if (syncs > 0) kept["syncs"] = syncs;
    }
    if (!contender.database.empty()) kept["statements"] = questions(contender) - statements;
  }

  /// How many statements the database has been sent; 0 without one.
  [[nodiscard]] std::uint64_t questions(const Contender& contender) const {
    if (contender.database.empty()) return 0;
    return mariadb_->number(
        "SELECT CAST(VARIABLE_VALUE AS UNSIGNED) FROM information_schema.GLOBAL_STATUS "
        "WHERE VARIABLE_NAME = 'QUESTIONS'");
  }

  void keep(const Contender& contender, const Round& round) {
    result_["rounds"][contender.name].push_back(as_json(round));
  }

  Options options_;
  figures::AssertionSample sample_;
  Json result_;
  // In the order in which they start: those behind others end first.
  std::unique_ptr<MariadbServer> mariadb_;
  std::unique_ptr<Deployment> flat_file_;
  std::optional<CommitLog> commits_;  ///< of the flat file
  std::unique_ptr<Deployment> mysql_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<std::unique_ptr<NginxProcess>> fronts_;
  std::vector<Contender> contenders_;
};

Options parse(Words words) {
  Options options;
  options.quick = words.take("--quick");
  words.take("--peer", options.peer);
  words.take("--rounds", options.rounds);
  words.take("--sign-ins", options.sign_ins);
  words.take("--members", options.members);
  options.storages = words.take_storages();
  words.end();
  return options;
}

}  // namespace
}  // namespace masterkey2::bench

int main(int argc, char** argv) {
  using namespace masterkey2::bench;
  return run_program(argc, argv, [](Words words) { return Bench(parse(std::move(words))).run(); });
}
