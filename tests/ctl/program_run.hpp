// Runs a program to its end and keeps what it said.
#pragma once

#include <string>
#include <vector>

namespace masterkey2::testing {

struct ProgramRun {
  int exit_code = -1;  ///< 128 + signal if one ended it
  std::string out;
  std::string err;
};

/// `command[0]` is a path. stdin is empty. Throws if the program cannot be started.
[[nodiscard]] ProgramRun run_program(const std::vector<std::string>& command);

}  // namespace masterkey2::testing
