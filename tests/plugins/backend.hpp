// The plugin under test.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/plugin_loader.hpp"

namespace masterkey2::testing {

/// Collects what the plugin logs; says nothing.
class QuietHost final : public HostServices {
 public:
  void log(PluginLogLevel level, std::string_view text) override;
};

/// Which plugin, with which options. By default the flat file. In an option's value {fresh} stands
/// for a new empty folder, {name} for its name as an identifier (such as a database's).
struct Backend {
  std::string plugin_dir;
  std::string name = "flatfile";
  std::vector<std::pair<std::string, std::string>> options = {{"path", "{fresh}/store"}};

  /// A shell command that makes the place of a new store; placeholders as in options.
  std::string prepare;
  /// What stands for a placeholder such as {database}, other than {fresh}.
  std::function<std::string(const std::string& placeholder, const std::string& fresh)> expand;

  /// Reads --plugin, --plugin-dir and --option; the rest is left to others.
  static Backend& chosen();
  void read_arguments(int argc, char** argv);

  /// `fresh` stands in for {fresh}.
  [[nodiscard]] PluginRequest request(const std::string& fresh) const;
  /// As arguments for another program.
  [[nodiscard]] std::vector<std::string> arguments(const std::string& fresh) const;

 private:
  void prepare_once(const std::string& fresh) const;

  mutable std::set<std::string> prepared_;
};

/// Ends the test program when the plugin cannot be loaded.
[[nodiscard]] LoadedStorage load(const PluginRequest& request);

}  // namespace masterkey2::testing
