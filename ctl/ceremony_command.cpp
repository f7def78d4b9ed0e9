// masterkey2ctl ceremony …
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "ctl/ceremony.hpp"
#include "ctl/command_table.hpp"

namespace masterkey2::ctl {
namespace {

/// Answers line by line while it reads: its output is JSON with and without `--json`.
CommandResult verify(const Arguments& arguments) {
  const std::string& path = arguments.operands.front();
  if (path == "-") return Report{"", "", verify_ceremonies(std::cin, std::cout)};
  std::ifstream file(path, std::ios::binary);
  if (!file) return CommandError{EX_NOINPUT, path + " cannot be read: " + std::strerror(errno)};
  return Report{"", "", verify_ceremonies(file, std::cout)};
}

}  // namespace

std::vector<Command> ceremony_commands() {
  return {{.noun = "ceremony",
           .verb = "verify",
           .operand = "FILE|-",
           .summary = "Judge recorded ceremonies, one JSON object a line, and explain each verdict",
           .options = {},
           .run = verify}};
}

}  // namespace masterkey2::ctl
