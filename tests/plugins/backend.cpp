#include "plugins/backend.hpp"

#include <cstdio>
#include <cstdlib>

namespace masterkey2::testing {
namespace {

std::string filled_in(std::string text, const std::string& fresh) {
  std::string name = fresh.substr(fresh.rfind('/') + 1);
  for (char& character : name) {
    if (character == '-') character = '_';
  }
  for (const auto& [placeholder, value] :
       {std::pair<std::string, std::string>{"{fresh}", fresh}, {"{name}", name}}) {
    for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos;) {
      text.replace(at, placeholder.size(), value);
      at += value.size();
    }
  }
  return text;
}

}  // namespace

void QuietHost::log(PluginLogLevel level, std::string_view text) {
  if (std::getenv("MASTERKEY2_TEST_VERBOSE") == nullptr) return;
  std::fprintf(stderr, "plugin (%d): %.*s\n", static_cast<int>(level),
               static_cast<int>(text.size()), text.data());
}

Backend& Backend::chosen() {
  static Backend backend;
  return backend;
}

void Backend::read_arguments(int argc, char** argv) {
#ifdef MASTERKEY2_PLUGIN_DIR
  plugin_dir = MASTERKEY2_PLUGIN_DIR;
#endif
  bool own_options = false;
  for (int i = 1; i + 1 < argc; ++i) {
    const std::string_view flag = argv[i];
    const std::string value = argv[i + 1];
    if (flag == "--plugin") name = value;
    if (flag == "--plugin-dir") plugin_dir = value;
    if (flag == "--prepare") prepare = value;
    if (flag == "--option") {
      if (!own_options) options.clear();
      own_options = true;
      const std::size_t equals = value.find('=');
      options.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    }
  }
}

void Backend::prepare_once(const std::string& fresh) const {
  if (prepare.empty() || fresh.empty() || !prepared_.insert(fresh).second) return;
  const std::string command = filled_in(prepare, fresh);
  if (std::system(command.c_str()) == 0) return;
  std::fprintf(stderr, "this failed: %s\n", command.c_str());
  std::exit(1);
}

PluginRequest Backend::request(const std::string& fresh) const {
  prepare_once(fresh);
  PluginRequest request;
  request.plugin_dir = plugin_dir;
  request.name = name;
  request.allow_own_plugins = true;
  for (auto [key, value] : options) {
    if (!fresh.empty()) value = filled_in(std::move(value), fresh);
    if (expand && value.starts_with('{')) value = expand(value, fresh);
    request.options[key] = value;
  }
  return request;
}

std::vector<std::string> Backend::arguments(const std::string& fresh) const {
  std::vector<std::string> list = {"--plugin", name, "--plugin-dir", plugin_dir};
  for (const auto& [key, value] : request(fresh).options) {
    list.emplace_back("--option");
    list.push_back(key + "=" + value);
  }
  return list;
}

LoadedStorage load(const PluginRequest& request) {
  static QuietHost host;
  auto loaded = load_storage(request, host);
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().detail.c_str());
    std::abort();
  }
  return std::move(*loaded);
}

}  // namespace masterkey2::testing
