// A program that a test runs, and ends by its pid.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace masterkey2::testing {

/// Started by the constructor; killed and waited for by the destructor at the latest.
class ChildProcess {
 public:
  /// `environment`: NAME=value, beside our own. stderr goes to the file `log`.
  ChildProcess(const std::vector<std::string>& command, const std::vector<std::string>& environment,
               const std::string& log);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void send(int signal) const;
  /// Waits for its end; exit code, or 128 + signal.
  int wait();

 private:
  pid_t pid_ = -1;
};

struct CommandResult {
  int exit_code = 0;
  std::string output;  ///< of stdout
};

/// Runs `command` to its end.
CommandResult run_command(const std::vector<std::string>& command);

}  // namespace masterkey2::testing
