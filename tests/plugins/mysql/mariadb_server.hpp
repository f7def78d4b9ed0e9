// A MariaDB server of a test's own, in a temporary folder, on a socket of its own.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

/// A TCP port of 127.0.0.1 that was free a moment ago.
[[nodiscard]] std::uint16_t free_port();

class MariadbServer {
 public:
  /// Is there a server program (Debian: mariadb-server-core)?
  [[nodiscard]] static bool is_installed();

  /// Makes an empty server and starts it with these `options`. Its account root has no password.
  explicit MariadbServer(std::vector<std::string> options = {"--skip-networking"});
  /// A copy of `original`, which is stopped. Does not start it.
  MariadbServer(const MariadbServer& original, std::vector<std::string> options);
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;
  /// Ends the server, in the process that started it.
  ~MariadbServer();

  /// And waits until it answers.
  void start();
  /// `more`: options for this time alone.
  void launch(const std::vector<std::string>& more = {});
  /// Runs the program with these options until it ends by itself, with `input` as its input.
  void run(const std::vector<std::string>& options, const std::string& input = "/dev/null") const;
  void set_options(std::vector<std::string> options) { options_ = std::move(options); }
  void stop() { end_with(SIGTERM); }
  void kill() { end_with(SIGKILL); }
  void freeze() const;
  void thaw() const;

  [[nodiscard]] std::string socket() const { return folder_ / "socket"; }
  [[nodiscard]] pid_t pid() const { return server_; }
  [[nodiscard]] bool is_running() const { return server_ > 0; }
  /// By itself. Then it is not running any more.
  [[nodiscard]] bool has_ended();
  [[nodiscard]] std::string data() const { return folder_ / "data"; }
  /// What the server said.
  [[nodiscard]] std::string log() const;
  /// The last of it.
  [[nodiscard]] std::string log_end() const;
  /// Runs one statement as root.
  void execute(std::string_view sql) const;
  /// The number that a query answers as its first column, as root.
  [[nodiscard]] std::uint64_t number(std::string_view sql) const;
  /// Makes the database and the account `masterkey2` with the rights that README.md names.
  void create_database(const std::string& name) const;

 private:
  void bootstrap() const;
  void end_with(int signal);
  [[nodiscard]] pid_t spawn(std::vector<std::string> arguments, const std::string& input) const;

  TemporaryFolder folder_;
  std::vector<std::string> options_;
  pid_t owner_;
  pid_t server_ = -1;
};

}  // namespace masterkey2::testing
