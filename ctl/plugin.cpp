// masterkey2ctl plugin …
#include <algorithm>
#include <filesystem>

#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/text_columns.hpp"
#include "encoding/json.hpp"

namespace masterkey2::ctl {
namespace {

constexpr std::string_view kFileStart = "libmasterkey2_storage_";
constexpr std::string_view kFileEnd = ".so";

/// Names of the plugins in `folder`, sorted.
Result<std::vector<std::string>, CommandError> plugin_names(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string file = entry->path().filename().string();
    if (file.size() <= kFileStart.size() + kFileEnd.size() || !file.starts_with(kFileStart) ||
        !file.ends_with(kFileEnd)) {
      continue;
    }
    names.push_back(
        file.substr(kFileStart.size(), file.size() - kFileStart.size() - kFileEnd.size()));
  }
  if (error) {
    return CommandError{EX_NOINPUT,
                        "plugin folder " + folder + " cannot be read: " + error.message()};
  }
  std::sort(names.begin(), names.end());
  return names;
}

CommandResult list(const Arguments& arguments) {
  const auto config = open_config(arguments.config);
  if (!config) return config.error();
  const auto names = plugin_names(config->plugin_dir);
  if (!names) return names.error();
  Json plugins = Json::array();
  std::vector<std::vector<std::string>> rows = {{"NAME", "CONFIGURED"}};
  for (const std::string& name : *names) {
    const bool configured = name == config->storage.plugin;
    plugins.push_back({{"name", name}, {"configured", configured}});
    rows.push_back({name, configured ? "yes" : "no"});
  }
  return Report{Json{{"plugin_dir", config->plugin_dir}, {"plugins", std::move(plugins)}}.dump(),
                "Plugins in " + config->plugin_dir + ":\n" + text_columns(rows)};
}

}  // namespace

std::vector<Command> plugin_commands() {
  return {{.noun = "plugin",
           .verb = "list",
           .operand = "",
           .summary = "List the storage plugins in the plugin folder",
           .options = {},
           .run = list}};
}

}  // namespace masterkey2::ctl
