#include "plugins/mysql/galera_cluster.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <thread>

#include "plugins/mysql/connection.hpp"

namespace masterkey2::testing {
namespace {

constexpr const char* kLibrary = "/usr/lib/galera/libgalera_smm.so";
constexpr const char* kPosition = "WSREP: Recovered position: ";
constexpr std::chrono::seconds kWithin{60};

/// A node that says nothing for three seconds is left out: sooner than by default, and late enough
/// for a machine that is not ours alone.
constexpr const char* kTimes =
    ";evs.suspect_timeout=PT3S;evs.inactive_timeout=PT6S;evs.install_timeout=PT6S"
    ";gmcast.time_wait=PT1S";

std::string address(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

/// False if it takes too long.
bool wait_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kWithin;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

/// The place in the group's history that a node of this log had reached when it last ended.
std::string recovered_position(const std::string& log) {
  const std::size_t at = log.rfind(kPosition);
  if (at == std::string::npos) throw std::runtime_error("a node does not know its position");
  const std::size_t from = at + std::string_view(kPosition).size();
  return log.substr(from, log.find('\n', from) - from);
}

}  // namespace

bool GaleraCluster::is_installed() {
  return MariadbServer::is_installed() && ::access(kLibrary, R_OK) == 0;
}

GaleraCluster::GaleraCluster() {
  const std::string path = std::string(MASTERKEY2_SST_SCRIPTS) + ":" + ::getenv("PATH");
  ::setenv("PATH", path.c_str(), 1);
  ::setenv("MASTERKEY2_SST_FOLDER", transfers_.path().c_str(), 1);
  // The first begins the group's history; the others begin with a copy of it.
  std::vector<std::string> founder = options(0);
  founder.emplace_back("--wsrep-new-cluster");
  nodes_[0] = std::make_unique<MariadbServer>(founder);
  wait_until_whole(1);
  nodes_[0]->execute("CREATE USER masterkey2@localhost");
  nodes_[0]->stop();
  std::filesystem::remove(nodes_[0]->data() + "/galera.cache");
  for (unsigned i = 1; i < kNodes; ++i) {
    nodes_[i] = std::make_unique<MariadbServer>(*nodes_[0], options(i));
  }
  nodes_[0]->set_options(options(0));
  nodes_[0]->launch({"--wsrep-new-cluster"});
  wait_until_whole(1);
  for (unsigned i = 1; i < kNodes; ++i) {
    nodes_[i]->launch();
    wait_until_whole(i + 1);
  }
}

std::vector<std::string> GaleraCluster::options(unsigned number) const {
  std::string all;
  for (const Ports& ports : ports_) all += (all.empty() ? "" : ",") + address(ports.group);
  const std::string group = address(ports_[number].group);
  const std::string transfer = address(ports_[number].transfer);
  return {"--skip-networking",
          "--binlog-format=ROW",
          "--innodb-autoinc-lock-mode=2",
          "--wsrep-on=ON",
          std::string("--wsrep-provider=") + kLibrary,
          "--wsrep-cluster-name=masterkey2",
          "--wsrep-cluster-address=gcomm://" + all,
          "--wsrep-node-name=node" + std::to_string(number),
          "--wsrep-node-address=" + group,
          "--wsrep-sst-method=masterkey2",
          "--wsrep-sst-receive-address=" + transfer,
          "--wsrep-provider-options=gmcast.listen_addr=tcp://" + group +
              ";base_port=" + std::to_string(ports_[number].group) + ";ist.recv_addr=" + transfer +
              ";gcache.size=32M" + kTimes};
}

void GaleraCluster::create_database(const std::string& name) {
  nodes_[0]->create_database(name);
  // What they read next is not older than this.
  for (const auto& node : nodes_) static_cast<void>(node->number("SELECT COUNT(*) FROM mysql.db"));
}

void GaleraCluster::start(unsigned number) {
  MariadbServer& node = *nodes_[number];
  std::vector<std::string> recover = options(number);
  recover.insert(recover.begin(), "--wsrep-recover");
  node.run(recover);
  node.launch({"--wsrep-start-position=" + recovered_position(node.log())});
}

void GaleraCluster::isolate(unsigned number, bool isolated) const {
  nodes_[number]->execute("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=" +
                          std::to_string(isolated ? 1 : 0) + "'");
}

std::string GaleraCluster::status(unsigned number, const std::string& name) const {
  try {
    mysql::MysqlOptions options;
    options.socket = nodes_[number]->socket();
    options.database = "mysql";
    options.user = "root";
    const auto connection = mysql::Connection::open(options);
    mysql::Rows rows = connection->query("SHOW GLOBAL STATUS LIKE '" + name + "'", {});
    if (!rows.next()) return {};
    rows.skip(1);
    return rows.text();
  } catch (const mysql::SqlError&) {
    return {};
  }
}

void GaleraCluster::wait_until_whole(unsigned size) {
  const bool whole = wait_until([&] {
    for (unsigned i = 0; i < kNodes; ++i) {
      if (nodes_[i] == nullptr || !nodes_[i]->is_running()) continue;
      // A node gives up joining at times (10.11.19: "Too many arguments"); systemd starts it again.
      if (nodes_[i]->has_ended()) start(i);
      if (status(i, "wsrep_cluster_size") != std::to_string(size) ||
          status(i, "wsrep_cluster_status") != "Primary" ||
          status(i, "wsrep_local_state_comment") != "Synced" || status(i, "wsrep_ready") != "ON") {
        return false;
      }
    }
    return true;
  });
  if (whole) return;
  std::string logs;
  for (const auto& node : nodes_) logs += "\n" + (node == nullptr ? "" : node->log_end());
  throw std::runtime_error("the nodes do not get together:" + logs);
}

void GaleraCluster::wait_until_alone(unsigned number) const {
  if (!wait_until([&] { return status(number, "wsrep_cluster_status") == "non-Primary"; })) {
    throw std::runtime_error("a node does not notice that it is alone");
  }
}

void GaleraCluster::repair() {
  for (unsigned i = 0; i < kNodes; ++i) {
    if (nodes_[i]->is_running()) {
      nodes_[i]->thaw();
      isolate(i, false);
    } else {
      start(i);
    }
  }
  wait_until_whole();
}

}  // namespace masterkey2::testing
