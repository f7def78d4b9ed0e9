// With MASTERKEY2_TEST_NODES=galera in the environment: the MySQL plugin on the nodes of a cluster.
#pragma once

#include "plugins/mysql/galera_cluster.hpp"

namespace masterkey2::testing {

[[nodiscard]] bool galera_is_chosen();

/// The one cluster of this test program, started at the first use.
[[nodiscard]] GaleraCluster& shared_cluster();

/// The socket of the next node in turn: each store, and each process, has another than the one
/// before.
[[nodiscard]] std::string next_socket();

}  // namespace masterkey2::testing
