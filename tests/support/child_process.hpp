// A program that a test runs, ended with the test at the latest.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace masterkey2::testing {

struct ChildOptions {
  std::vector<std::string> arguments;              ///< the program first; looked up in PATH
  std::map<std::string, std::string> environment;  ///< besides ours
  std::map<int, int> descriptors;  ///< child's number → ours; 0, 1, 2 are /dev/null unless here
};

class ChildProcess {
 public:
  /// Throws if it cannot be started; a program that is not there exits with 127.
  explicit ChildProcess(const ChildOptions& options);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// SIGTERM if it still runs, and SIGKILL 5 s later.
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Exit status, or minus the signal that ended it; absent if it still runs after `time`.
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds time = std::chrono::seconds(20));

 private:
  pid_t pid_ = -1;
  std::optional<int> result_;
};

}  // namespace masterkey2::testing
