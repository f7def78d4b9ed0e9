// What a command of masterkey2ctl is: a row of a table, from which parser and help texts work.
#pragma once

#include <sysexits.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "masterkey2/result.hpp"

namespace masterkey2::ctl {

/// One sentence for the operator and an exit code of sysexits.h.
struct CommandError {
  int exit_code = EX_SOFTWARE;
  std::string sentence;
};

/// The same facts for programs (one JSON text) and for people (lines, the last one ended).
struct Report {
  std::string json;
  std::string text;
  int exit_code = EX_OK;
};

using CommandResult = Result<Report, CommandError>;

struct OptionSpec {
  std::string_view name;   ///< without `--`
  std::string_view value;  ///< what to write, such as `FILE`; empty: a flag
  std::string_view help;   ///< one line
  bool required = false;
  bool list = false;  ///< takes all words up to the next option, and may stand again
};

/// What the parser found; names and counts fit the command's specification.
struct Arguments {
  std::string config;  ///< path of the configuration file
  bool json = false;
  std::map<std::string, std::vector<std::string>, std::less<>> options;
  std::vector<std::string> operands;

  [[nodiscard]] bool has(std::string_view name) const {
    return options.find(name) != options.end();
  }
  /// Empty if the option was not given.
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::vector<std::string>{} : found->second;
  }
  [[nodiscard]] std::string value(std::string_view name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::string() : found->second.front();
  }
};

struct Command {
  std::string_view noun;
  std::string_view verb;     ///< one word, or two: `key add`; empty: the noun alone is the command
  std::string_view operand;  ///< the one word that must follow, such as `ID|NAME`; empty: none
  std::string_view summary;  ///< one line
  std::vector<OptionSpec> options;
  CommandResult (*run)(const Arguments& arguments);
};

}  // namespace masterkey2::ctl
