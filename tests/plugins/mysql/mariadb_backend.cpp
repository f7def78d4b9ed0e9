#include "plugins/mysql/mariadb_backend.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "plugins/backend.hpp"
#include "plugins/mysql/galera_backend.hpp"

namespace masterkey2::testing {
namespace {

/// Whoever links this file tests the MySQL plugin, each test in a database of its own.
const bool kChosen = [] {
  Backend& backend = Backend::chosen();
  backend.name = "mysql";
  backend.options = {{"socket", "{socket}"}, {"database", "{database}"}, {"user", "masterkey2"}};
  backend.expand = [](const std::string& placeholder, const std::string& fresh) -> std::string {
    if (placeholder == "{socket}") {
      return galera_is_chosen() ? next_socket() : shared_server().socket();
    }
    if (placeholder != "{database}") return placeholder;
    const std::string name = database_for(fresh);
    if (galera_is_chosen()) {
      shared_cluster().create_database(name);
    } else {
      shared_server().create_database(name);
    }
    return name;
  };
  return true;
}();

}  // namespace

MariadbServer& shared_server() {
  static const std::unique_ptr<MariadbServer> server = [] {
    if (!MariadbServer::is_installed()) {
      std::puts("skipped: there is no mariadbd (Debian: mariadb-server-core)");
      std::exit(77);
    }
    auto made = std::make_unique<MariadbServer>();
    made->execute("CREATE USER masterkey2@localhost");
    return made;
  }();
  return *server;
}

std::string database_for(const std::string& fresh) {
  std::string name = fresh.substr(fresh.rfind('/') + 1);
  for (char& character : name) {
    if (character == '-') character = '_';
  }
  return name;
}

}  // namespace masterkey2::testing
