// Makes the MySQL plugin the backend under test.
#pragma once

#include "plugins/mysql/mariadb_server.hpp"

namespace masterkey2::testing {

/// The one server of this test program, started at the first use.
[[nodiscard]] MariadbServer& shared_server();

/// A new database's name for the test with this temporary folder.
[[nodiscard]] std::string database_for(const std::string& fresh);

}  // namespace masterkey2::testing
