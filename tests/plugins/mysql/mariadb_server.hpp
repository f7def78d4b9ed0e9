// A MariaDB server of a test's own, in a temporary folder, on a socket of its own.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

class MariadbServer {
 public:
  /// Is there a server program (Debian: mariadb-server-core)?
  [[nodiscard]] static bool is_installed();

  /// Makes an empty server and starts it. Its account root has no password.
  MariadbServer();
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;
  /// Ends the server, in the process that started it.
  ~MariadbServer();

  void start();
  void stop() { end_with(SIGTERM); }
  void kill() { end_with(SIGKILL); }
  void freeze() const;
  void thaw() const;

  [[nodiscard]] std::string socket() const { return folder_ / "socket"; }
  [[nodiscard]] pid_t pid() const { return server_; }
  /// Runs one statement as root.
  void execute(std::string_view sql) const;
  /// The number that a query answers as its first column, as root.
  [[nodiscard]] std::uint64_t number(std::string_view sql) const;
  /// Makes the database and the account `masterkey2` with the rights that README.md names.
  void create_database(const std::string& name) const;

 private:
  /// The last of what the server said.
  [[nodiscard]] std::string log_end() const;
  void bootstrap() const;
  void end_with(int signal);
  [[nodiscard]] pid_t spawn(std::vector<std::string> arguments, const std::string& input) const;

  TemporaryFolder folder_;
  pid_t owner_;
  pid_t server_ = -1;
};

}  // namespace masterkey2::testing
