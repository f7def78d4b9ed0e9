#include "ctl/help.hpp"

#include "ctl/command_line.hpp"
#include "ctl/text_columns.hpp"

namespace masterkey2::ctl {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string written(const OptionSpec& option) {
  std::string text = "--" + std::string(option.name);
  if (!option.value.empty()) text += " " + std::string(option.value);
  if (option.list) text += "…";
  return text;
}

std::string synopsis(const Command& command) {
  std::string text(command.noun);
  if (!command.verb.empty()) text += " " + std::string(command.verb);
  if (!command.operand.empty()) text += " " + std::string(command.operand);
  return text;
}

std::string rows_of(const std::vector<OptionSpec>& options) {
  Rows rows;
  for (const OptionSpec& option : options) {
    rows.push_back({written(option), std::string(option.help)});
  }
  return text_columns(rows, 2);
}

std::string global_part() {
  return "\nWith every command:\n" + rows_of(global_options()) +
         "\nWithout --config: " + std::string(kDefaultConfig) + "\n";
}

std::string command_help(const Command& command) {
  std::string text = "usage: masterkey2ctl " + synopsis(command);
  for (const OptionSpec& option : command.options) {
    text += option.required ? " " + written(option) : " [" + written(option) + "]";
  }
  text += "\n\n" + std::string(command.summary) + "\n";
  if (!command.options.empty()) text += "\nOptions:\n" + rows_of(command.options);
  return text + global_part();
}

}  // namespace

std::string help_text(const std::vector<Command>& table, std::string_view noun,
                      const Command* command) {
  if (command != nullptr) return command_help(*command);
  Rows rows;
  for (const Command& row : table) {
    if (noun.empty() || row.noun == noun) rows.push_back({synopsis(row), std::string(row.summary)});
  }
  std::string text = "usage: masterkey2ctl [--config FILE] [--json] ";
  text += noun.empty() ? "COMMAND …\n\nCommands:\n" : std::string(noun) + " …\n\nCommands:\n";
  text += text_columns(rows, 2);
  return text + global_part();
}

}  // namespace masterkey2::ctl
