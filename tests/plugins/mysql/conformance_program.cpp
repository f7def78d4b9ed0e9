// Runs masterkey2-storage-conformance, the program that authors of plugins get, on the MySQL plugin
// and a MariaDB server of its own:
//
//   mysql_conformance PROGRAM PLUGIN.so
//
// which calls it back before each new store: mysql_conformance --create DATABASE SOCKET
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/mysql/connection.hpp"
#include "plugins/mysql/mariadb_backend.hpp"

namespace masterkey2::testing {
namespace {

int create(const std::string& database, const std::string& socket) {
  mysql::MysqlOptions options;
  options.socket = socket;
  options.database = "mysql";
  options.user = "root";
  options.timeout = std::chrono::seconds(30);
  mysql::Connection::open(options)->command("CREATE DATABASE " + database);
  return 0;
}

int run(std::vector<std::string> command) {
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  int status = -1;
  if (pid < 0 || ::waitpid(pid, &status, 0) != pid) return 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int judge(const std::string& self, const std::string& program, const std::string& plugin) {
  const MariadbServer& server = shared_server();
  // Of all databases that are made: they are named after folders masterkey2-XXXXXX.
  server.execute(
      "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON `masterkey2\\_%`.* "
      "TO masterkey2@localhost");
  return run({program, "--prepare", "'" + self + "' --create {name} '" + server.socket() + "'",
              plugin, "socket=" + server.socket(), "database={name}", "user=masterkey2"});
}

}  // namespace
}  // namespace masterkey2::testing

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  if (words.size() == 4 && words[1] == "--create") {
    return masterkey2::testing::create(words[2], words[3]);
  }
  if (words.size() == 3) return masterkey2::testing::judge(words[0], words[1], words[2]);
  std::fputs("usage: mysql_conformance PROGRAM PLUGIN.so\n", stderr);
  return 64;
}
