// How flat it stays: a sign-in with a thousand passkeys and with two million, on both storages, in
// the same minutes. Writes what each round took as JSON to stdout; report.py --scale judges it.
//
//     masterkey2-scale [--users N] [--tenants N] [--rounds N] [--sign-ins N]
//
// The members that sign in are the same everywhere: the large stores are imported from the export
// of the small one, with users and tenants added.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/contender.hpp"
#include "bench/deployment.hpp"
#include "bench/grown_export.hpp"
#include "bench/program.hpp"
#include "bench/usage.hpp"
#include "encoding/json.hpp"
#include "plugins/mysql/mariadb_server.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::bench {
namespace {

using testing::NginxProcess;

struct Options {
  Growth growth{.tenants = 10'000, .users = 1'000'000, .passkeys_each = 2};
  std::size_t rounds = 6;
  std::size_t sign_ins = 3'000;  ///< a round
};

constexpr std::size_t kMembers = 1'000;
constexpr int kStarts = 3;

class Scale {
 public:
  explicit Scale(const Options& options) : options_(options) {}

  Json run() {
    progress("flat file: " + std::to_string(kMembers) + " members register");
    Deployment& seed = *deployments_.emplace_back(std::make_unique<Deployment>(""));
    seed.start();
    const Door door{front(seed).port(), seed.api_key()};
    members_ = register_members(door, kMembers);
    seed.stop();
    seed.export_to(files_ / "small");
    progress("an export with " + std::to_string(options_.growth.users) + " users more");
    grow_export(files_ / "small", files_ / "large", options_.growth);
    add("flat file, small", seed, door.port);
    add_imported("flat file, large", "", "large");
    for (const std::string size : {"small", "large"}) {
      add_imported("MySQL, " + size, mysql_storage(mariadb_, size), size);
    }
    for (std::size_t i = 0; i < options_.rounds; ++i) {
      progress("round " + std::to_string(i + 1) + " of " + std::to_string(options_.rounds));
      for (const Contender& contender : contenders_) one_round(contender);
    }
    result_["members"] = kMembers;
    result_["passkeys"] = kMembers + options_.growth.users * options_.growth.passkeys_each;
    result_["tenants"] = 1 + options_.growth.tenants;
    return result_;
  }

 private:
  NginxProcess& front(const Deployment& deployment) {
    return *fronts_.emplace_back(std::make_unique<NginxProcess>(kept_front(deployment.socket())));
  }

  void add_imported(const std::string& name, const std::string& storage, const std::string& file) {
    progress(name + ": import");
    const auto begin = std::chrono::steady_clock::now();
    Deployment& made = *deployments_.emplace_back(
        std::make_unique<Deployment>(*deployments_.front(), storage, files_ / file));
    result_["import_s"][name] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    add(name, made, front(made).port());
  }

  void add(const std::string& name, Deployment& deployment, std::uint16_t port) {
    ::sync();  // gigabytes that the kernel still has to write would be waited for in what follows
    Json starts = Json::array();
    for (int i = 0; i < kStarts; ++i) {
      deployment.stop();
      starts.push_back(deployment.start());
    }
    result_["start_s"][name] = starts;
    result_["resident_mb"][name] = resident_megabytes(deployment.pid());
    result_["rounds"][name] = Json::array();
    contenders_.push_back({.name = name,
                           .door = {port, deployment.api_key()},
                           .server = {deployment.pid()},
                           .web = family_of(fronts_.back()->pid()),
                           .database = {mariadb_.pid()},
                           .members = members_});
    static_cast<void>(sign_in(contenders_.back().door, members_,
                              make_session_tokens(contenders_.back().door, kMembers),
                              Extent::kVerified));
  }

  void one_round(const Contender& contender) {
    const auto tokens = make_session_tokens(contender.door, options_.sign_ins);
    const Round round = measure(
        contender, sample_, "sign-in and verify-auth", options_.sign_ins,
        [&] { return sign_in(contender.door, contender.members, tokens, Extent::kVerified); });
    result_["rounds"][contender.name].push_back(as_json(round));
  }

  Options options_;
  figures::AssertionSample sample_;
  Json result_;
  testing::TemporaryFolder files_;
  // In the order in which they start: those behind others end first.
  testing::MariadbServer mariadb_{mariadb_options()};
  std::vector<std::unique_ptr<Deployment>> deployments_;
  std::vector<std::unique_ptr<NginxProcess>> fronts_;
  Members members_;
  std::vector<Contender> contenders_;
};

Options parse(Words words) {
  Options options;
  words.take("--users", options.growth.users);
  words.take("--tenants", options.growth.tenants);
  words.take("--rounds", options.rounds);
  words.take("--sign-ins", options.sign_ins);
  words.end();
  return options;
}

}  // namespace
}  // namespace masterkey2::bench

int main(int argc, char** argv) {
  using namespace masterkey2::bench;
  return run_program(argc, argv, [](Words words) { return Scale(parse(std::move(words))).run(); });
}
