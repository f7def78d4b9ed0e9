#include "fcgi/arguments.hpp"

#include <optional>

namespace masterkey2 {

std::string_view usage_text() {
  return "usage: masterkey2-fcgi [--config FILE] [--listen unix:PATH | HOST:PORT] [--check]\n"
         "\n"
         "Serves MasterKey2 by FastCGI.\n"
         "\n"
         "  --config FILE   the configuration (default /etc/masterkey2/masterkey2.yaml)\n"
         "  --listen WHERE  listen there; without it on the socket inherited as file\n"
         "                  descriptor 0, else where the configuration says\n"
         "  --check         read the configuration, open key ring and storage, exit\n"
         "  --help, --version\n"
         "\n"
         "SIGTERM finishes what was accepted and exits 0. SIGHUP reads log level and key\n"
         "ring anew. The log goes to stderr, one JSON line an event.\n";
}

Result<Arguments, std::string> parse_arguments(std::span<const std::string_view> words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view name = words[i];
    std::optional<std::string_view> value;
    if (const auto equals = name.find('='); name.starts_with("--") && equals != name.npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    }
    std::string* const text = name == "--config"   ? &arguments.config
                              : name == "--listen" ? &arguments.listen
                                                   : nullptr;
    bool* const flag = name == "--check"     ? &arguments.check
                       : name == "--help"    ? &arguments.help
                       : name == "--version" ? &arguments.version
                                             : nullptr;
    if (text != nullptr) {
      if (!value && i + 1 < words.size()) value = words[++i];
      if (!value || value->empty()) return std::string(name) + " needs a value";
      *text = *value;
    } else if (flag != nullptr) {
      if (value) return std::string(name) + " takes no value";
      *flag = true;
    } else {
      return "unknown option " + std::string(words[i]) + ", see --help";
    }
  }
  return arguments;
}

}  // namespace masterkey2
