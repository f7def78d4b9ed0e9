// masterkey2ctl plugin …
#include <algorithm>
#include <filesystem>
#include <span>

#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/text_columns.hpp"
#include "encoding/json.hpp"

namespace masterkey2::ctl {
namespace {

constexpr std::string_view kFileStart = "libmasterkey2_storage_";
constexpr std::string_view kFileEnd = ".so";

/// What stands between the fixed parts of a file's name.
std::string plugin_name(const std::string& file) {
  return file.substr(kFileStart.size(), file.size() - kFileStart.size() - kFileEnd.size());
}

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
    names.push_back(plugin_name(file));
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

/// Folder and name from a path that ends in libmasterkey2_storage_<name>.so.
Result<PluginRequest, CommandError> request_for(const std::string& file) {
  const auto path = std::filesystem::absolute(file).lexically_normal();
  const std::string base = path.filename().string();
  if (base.size() <= kFileStart.size() + kFileEnd.size() || !base.starts_with(kFileStart) ||
      !base.ends_with(kFileEnd)) {
    return CommandError{EX_USAGE, "`" + file + "` is not named libmasterkey2_storage_NAME.so"};
  }
  PluginRequest request;
  request.plugin_dir = path.parent_path().string();
  request.name = plugin_name(base);
  return request;
}

std::vector<std::string> capability_words(std::uint64_t capabilities) {
  std::vector<std::string> words;
  const auto add = [&](StorageCapability capability, const char* word) {
    if ((capabilities & capability) != 0) words.emplace_back(word);
  };
  add(kMultiProcess, "multi-process");
  add(kMultiHost, "multi-host");
  add(kDurable, "durable");
  add(kLocalReads, "local-reads");
  return words;
}

Report describe(const StoragePlugin& plugin, bool owned_by_root) {
  const auto words = capability_words(plugin.capabilities);
  std::string capabilities;
  for (const std::string& word : words) capabilities += (capabilities.empty() ? "" : ", ") + word;
  std::vector<std::vector<std::string>> rows = {{"name", plugin.name},
                                                {"version", plugin.version},
                                                {"license", plugin.license},
                                                {"capabilities", capabilities}};
  std::string text = text_columns(rows);
  rows.clear();
  Json options = Json::array();
  for (const StorageOption& option : std::span(plugin.options, plugin.option_count)) {
    const std::string help = option.help == nullptr ? "" : option.help;
    const std::string kind = option.required                   ? "(required)"
                             : option.default_value == nullptr ? "(none)"
                                                               : option.default_value;
    rows.push_back({option.name, kind, help});
    options.push_back(
        {{"name", option.name},
         {"default", option.default_value == nullptr ? Json() : Json(option.default_value)},
         {"required", option.required},
         {"secret", option.secret},
         {"help", help}});
  }
  text += "options (name, default)\n" + text_columns(rows, 2);
  if (!owned_by_root) {
    text +=
        "It does not belong to root alone: a server loads it only with allow_own_plugins: true.\n";
  }
  const Json json = {
      {"name", plugin.name},   {"version", plugin.version},      {"license", plugin.license},
      {"capabilities", words}, {"owned_by_root", owned_by_root}, {"options", std::move(options)}};
  return {json.dump(), text};
}

CommandResult check(const Arguments& arguments) {
  auto request = request_for(arguments.operands.front());
  if (!request) return request.error();
  if (const auto plugin = read_plugin(*request)) return describe(**plugin, true);
  request->allow_own_plugins = true;
  const auto plugin = read_plugin(*request);
  if (!plugin) return CommandError{EX_DATAERR, plugin.error().detail};
  return describe(**plugin, false);
}

}  // namespace

std::vector<Command> plugin_commands() {
  return {{.noun = "plugin",
           .verb = "check",
           .operand = "FILE",
           .summary = "Would a server load this plugin? Shows what it can do and its options",
           .options = {},
           .run = check},
          {.noun = "plugin",
           .verb = "list",
           .operand = "",
           .summary = "List the storage plugins in the plugin folder",
           .options = {},
           .run = list}};
}

}  // namespace masterkey2::ctl
