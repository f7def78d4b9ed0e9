// masterkey2ctl config …
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "encoding/json.hpp"

namespace masterkey2::ctl {
namespace {

CommandResult check(const Arguments& arguments) {
  // Opening loads the plugin, which judges its options; nothing is connected or read.
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const Config& config = access->config();
  std::string text;
  for (const std::string& file : config.files) text += file + ": no mistakes\n";
  const Json json = {{"file", arguments.config},
                     {"files", config.files},
                     {"valid", true},
                     {"base_url", config.base_url},
                     {"storage", config.storage.plugin},
                     {"keyring", config.keyring}};
  return Report{json.dump(), text};
}

}  // namespace

std::vector<Command> config_commands() {
  return {{.noun = "config",
           .verb = "check",
           .operand = "",
           .summary = "Read the configuration and the storage plugin's options, name every mistake",
           .options = {},
           .run = check}};
}

}  // namespace masterkey2::ctl
