// Three MariaDB servers that replicate to each other with Galera, on this host alone.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "plugins/mysql/mariadb_server.hpp"

namespace masterkey2::testing {

class GaleraCluster {
 public:
  static constexpr unsigned kNodes = 3;

  /// Is there a server program and its replication library (Debian: galera-4)?
  [[nodiscard]] static bool is_installed();

  /// Makes and starts all nodes, with the account `masterkey2`.
  GaleraCluster();

  [[nodiscard]] MariadbServer& node(unsigned number) { return *nodes_[number]; }
  /// On all nodes.
  void create_database(const std::string& name);

  /// After a node was stopped or killed: it comes back to the others with what it has, and is sent
  /// the rest. Does not wait for that.
  void start(unsigned number);
  /// Cuts the node off from the others, or ends that.
  void isolate(unsigned number, bool isolated = true) const;
  /// Until each node that runs sees `size` nodes and has all that they have. Starts those again
  /// that have ended by themselves.
  void wait_until_whole(unsigned size = kNodes);
  /// Until the node knows that it is in a minority.
  void wait_until_alone(unsigned number) const;
  /// Ends whatever a test has done to the nodes.
  void repair();

 private:
  struct Ports {
    std::uint16_t group = free_port();
    std::uint16_t transfer = free_port();
  };
  [[nodiscard]] std::vector<std::string> options(unsigned number) const;
  [[nodiscard]] std::string status(unsigned number, const std::string& name) const;

  TemporaryFolder transfers_;
  std::array<Ports, kNodes> ports_;
  std::array<std::unique_ptr<MariadbServer>, kNodes> nodes_;
};

}  // namespace masterkey2::testing
