#include "plugins/mysql/galera_backend.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace masterkey2::testing {

bool galera_is_chosen() {
  const char* nodes = std::getenv("MASTERKEY2_TEST_NODES");
  return nodes != nullptr && std::string_view(nodes) == "galera";
}

GaleraCluster& shared_cluster() {
  static const std::unique_ptr<GaleraCluster> cluster = [] {
    if (!GaleraCluster::is_installed()) {
      std::puts("skipped: there is no Galera (Debian: mariadb-server-core and galera-4)");
      std::exit(77);
    }
    return std::make_unique<GaleraCluster>();
  }();
  return *cluster;
}

std::string next_socket() {
  static std::atomic<unsigned> next = 0;
  return shared_cluster().node(next++ % GaleraCluster::kNodes).socket();
}

}  // namespace masterkey2::testing
