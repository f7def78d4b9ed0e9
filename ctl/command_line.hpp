// Reads the words of a command line against the table of commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/command.hpp"

namespace masterkey2::ctl {

inline constexpr std::string_view kDefaultConfig = "/etc/masterkey2/masterkey2.yaml";

/// Understood wherever they stand.
[[nodiscard]] const std::vector<OptionSpec>& global_options();

struct CommandLine {
  bool help = false;
  bool version = false;
  std::string_view noun;             ///< known noun of a help text; empty: the program's
  const Command* command = nullptr;  ///< null only with help or version
  Arguments arguments;
};

/// `words`: argv without the program's name. The error (EX_USAGE) names the word and, for a
/// misspelt one, the nearest. Its `--json` is found even then: see `wants_json`.
[[nodiscard]] Result<CommandLine, CommandError> parse_command_line(
    const std::vector<std::string>& words, const std::vector<Command>& table);

/// Whether `--json` stands before any `--`: for errors of the command line itself.
[[nodiscard]] bool wants_json(const std::vector<std::string>& words);

}  // namespace masterkey2::ctl
