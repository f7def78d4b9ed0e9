// masterkey2ctl: the operator's tool.
#include <cstdio>
#include <exception>
#include <iostream>

#include "ctl/command_line.hpp"
#include "ctl/command_table.hpp"
#include "ctl/help.hpp"
#include "encoding/json.hpp"

namespace {

using namespace masterkey2;  // NOLINT(google-build-using-namespace): the program's own names
using ctl::CommandError;

/// stderr: one line for each line of the sentence, or one JSON object.
int fail(const CommandError& error, bool json) {
  if (json) {
    const Json object = {{"error", error.sentence}, {"exit_code", error.exit_code}};
    std::cerr << object.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
    return error.exit_code;
  }
  std::string text = "masterkey2ctl: ";
  for (const char c : error.sentence) {
    text += c;
    if (c == '\n') text += "masterkey2ctl: ";
  }
  std::cerr << text << "\n";
  return error.exit_code;
}

int run(const std::vector<std::string>& words) {
  const auto& table = ctl::command_table();
  const auto line = ctl::parse_command_line(words, table);
  if (!line) return fail(line.error(), ctl::wants_json(words));
  if (line->help) {
    std::cout << ctl::help_text(table, line->noun, line->command);
  } else if (line->version) {
    std::cout << "masterkey2ctl " MASTERKEY2_VERSION "\n";
  } else {
    const auto report = line->command->run(line->arguments);
    if (!report) return fail(report.error(), line->arguments.json);
    const bool json = line->arguments.json && !report->json.empty();
    std::cout << (json ? report->json + "\n" : report->text);
    if (report->exit_code != EX_OK) return report->exit_code;
  }
  std::cout.flush();
  return std::cout ? EX_OK : fail({EX_IOERR, "the answer could not be written"}, false);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + (argc > 0 ? 1 : 0), argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "masterkey2ctl: this is a bug: %s\n", error.what());
    return EX_SOFTWARE;
  }
}
