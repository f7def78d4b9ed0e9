#include "pages/command_pages.hpp"

#include <map>
#include <sstream>
#include <string_view>

#include "ctl/command_line.hpp"
#include "pages/roff.hpp"

namespace masterkey2::pages {
namespace {

using ctl::Command;
using ctl::OptionSpec;

std::string written(const OptionSpec& option) {
  std::string text = "--" + std::string(option.name);
  if (!option.value.empty()) text += " " + std::string(option.value);
  return option.list ? text + "…" : text;
}

std::string options_part(const std::vector<OptionSpec>& options) {
  std::string text;
  for (const OptionSpec& option : options) {
    text += tagged_paragraph(written(option),
                             std::string(option.help) + (option.required ? " (required)" : ""));
  }
  return text;
}

std::string command_part(const Command& command) {
  std::string heading(command.noun);
  if (!command.verb.empty()) heading += " " + std::string(command.verb);
  if (!command.operand.empty()) heading += " " + std::string(command.operand);
  std::string text = ".SS " + roff_text(heading) + "\n" + roff_text(command.summary) + ".\n";
  return text + options_part(command.options);
}

/// The names of `options`, each with its dashes, between spaces.
std::string option_words(const std::vector<OptionSpec>& options) {
  std::string words;
  for (const OptionSpec& option : options) words += " --" + std::string(option.name);
  return words;
}

/// `--name` of each option that takes a file, as a pattern of bash's `case`.
void add_file_options(const std::vector<OptionSpec>& options, std::string& pattern) {
  for (const OptionSpec& option : options) {
    if (option.value.find("FILE") == std::string_view::npos) continue;
    const std::string name = "--" + std::string(option.name);
    if (("|" + pattern + "|").find("|" + name + "|") != std::string::npos) continue;
    pattern += (pattern.empty() ? "" : "|") + name;
  }
}

void add_word(const std::string& word, std::string& words) {
  if ((words + " ").find(" " + word + " ") == std::string::npos) words += " " + word;
}

/// By the words of a command that stand there already: those that can follow. After a whole command
/// its options.
std::map<std::string, std::string> words_after(const std::vector<Command>& table) {
  std::map<std::string, std::string> words;
  for (const Command& command : table) {
    std::string given;
    std::istringstream parts(std::string(command.noun) + " " + std::string(command.verb));
    for (std::string word; parts >> word;) {
      add_word(word, words[given]);
      given += (given.empty() ? "" : " ") + word;
    }
    words[given] += option_words(command.options);
  }
  return words;
}

}  // namespace

std::string command_page(const std::vector<Command>& table) {
  std::string page = title_line("masterkey2ctl", 8);
  page +=
      ".SH NAME\nmasterkey2ctl \\- operator's tool of the passkey server MasterKey2\n"
      ".SH SYNOPSIS\n\\fBmasterkey2ctl\\fR [\\fB\\-\\-config\\fR FILE] [\\fB\\-\\-json\\fR] "
      "NOUN VERB [\\fIoption\\fR \\&...]\n"
      ".SH DESCRIPTION\nWorks on the store that the configuration names, beside the running "
      "server. "
      "Run as root it becomes the store's owner first. "
      "Every command shows its options with \\fB\\-\\-help\\fR.\n"
      ".SH OPTIONS\n" +
      options_part(ctl::global_options()) + ".SH COMMANDS\n";
  for (const Command& command : table) page += command_part(command);
  page +=
      ".SH EXIT STATUS\n0 if all went well, else a code of \\fIsysexits.h\\fR, among them 64 "
      "(called wrongly), 65 (a store or an input that is damaged or does not fit), 69 (no store "
      "yet), 75 (storage cannot be reached now: try again) and 78 (a mistake in the "
      "configuration).\n"
      ".SH FILES\n" +
      tagged_paragraph(ctl::kDefaultConfig, "The configuration, unless --config names another.") +
      ".SH SEE ALSO\n\\fBmasterkey2\\-fcgi\\fR(8), \\fBmasterkey2.yaml\\fR(5)\n";
  return page;
}

std::string bash_completion(const std::vector<Command>& table) {
  std::string files;
  add_file_options(ctl::global_options(), files);
  for (const Command& command : table) add_file_options(command.options, files);
  std::string cases;
  for (const auto& [given, words] : words_after(table)) {
    cases.append("      '").append(given).append("') words='").append(words).append("' ;;\n");
  }
  return "# Completion of masterkey2ctl's commands, made from its own table.\n"
         "_masterkey2ctl() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
         "  local words='' i given=()\n"
         "  case $before in\n"
         "    " +
         files +
         ")\n"
         "      mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "      return\n"
         "      ;;\n"
         "  esac\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      --config) i=$((i + 1)) ;;\n"
         "      -*) ;;\n"
         "      *) given+=(\"${COMP_WORDS[i]}\") ;;\n"
         "    esac\n"
         "  done\n"
         "  # Operands follow a command: as many of the words as are one.\n"
         "  for ((i = ${#given[@]}; i >= 0; i--)); do\n"
         "    case ${given[*]:0:i} in\n" +
         cases +
         "      *) continue ;;\n"
         "    esac\n"
         "    break\n"
         "  done\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words" +
         option_words(ctl::global_options()) +
         "\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _masterkey2ctl masterkey2ctl\n";
}

}  // namespace masterkey2::pages
