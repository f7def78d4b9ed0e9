#include "config/config.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <utility>

#include "config/address_range.hpp"
#include "config/base_url.hpp"
#include "config/listen_address.hpp"
#include "config/yaml_section.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxPathSize = 4'095;

std::optional<std::string> check_listen(const std::string& text) {
  const auto address = parse_listen_address(text);
  return address ? std::nullopt : std::optional(address.error());
}

/// Owner read and write, group and others as wanted, nothing executable.
std::optional<std::string> check_mode(const std::string& text) {
  const bool octal = (text.size() == 3 || (text.size() == 4 && text[0] == '0')) &&
                     text.find_first_not_of("01234567") == std::string::npos;
  const unsigned long mode = octal ? std::stoul(text, nullptr, 8) : 0;
  if (octal && (mode & 0600U) == 0600U && (mode & 0111U) == 0) return std::nullopt;
  return "must be an octal mode such as 0660 that lets the owner read and write";
}

std::optional<std::string> check_base_url(const std::string& text) {
  const auto url = parse_base_url(text);
  return url ? std::nullopt : std::optional(url.error());
}

std::optional<std::string> check_path(const std::string& text) {
  if (text.starts_with('/') && text.size() <= kMaxPathSize &&
      text.find('\0') == std::string::npos) {
    return std::nullopt;
  }
  return "must be an absolute path";
}

std::optional<std::string> check_plugin_name(const std::string& text) {
  const bool good =
      !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      });
  if (good) return std::nullopt;
  return "must be a plugin's name: 1 to 32 of a-z, 0-9 and _, no path";
}

std::optional<std::string> check_range(const std::string& text) {
  const auto range = AddressRange::parse(text);
  return range ? std::nullopt : std::optional(range.error());
}

/// A DNS name as certificates have it.
std::optional<std::string> check_host(const std::string& text) {
  const bool good =
      !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      });
  if (good) return std::nullopt;
  return "must be a host name in lower case, such as mds.fidoalliance.org";
}

/// A file whose YAML could be read.
struct Layer {
  YAML::Node document;
  MistakeList mistakes;
};

/// Reads what the file names and leaves the rest of `config` as earlier files had it.
void read_sections(const YAML::Node& document, Config& config, MistakeList& mistakes) {
  YamlSection root(document, "", mistakes);

  root.text("listen", config.listen, check_listen);
  root.text("listen_mode", config.listen_mode, check_mode);
  std::int64_t workers = config.workers;
  root.integer("workers", workers, 4, 256);
  config.workers = static_cast<unsigned>(workers);
  root.text("base_url", config.base_url, check_base_url);
  root.text("plugin_dir", config.plugin_dir, check_path);
  root.boolean("allow_own_plugins", config.allow_own_plugins);

  YamlSection storage = root.section("storage");
  storage.text("plugin", config.storage.plugin, check_plugin_name);
  // Whoever names a plugin names its options: those of another one would be unknown to it.
  if (storage.has("plugin")) config.storage.options.clear();
  storage.texts("options", config.storage.options);
  storage.finish();

  root.text("keyring", config.keyring, check_path);
  root.list("trusted_proxies", config.trusted_proxies, check_range);

  YamlSection attestation = root.section("attestation");
  attestation.text("trust_anchors", config.attestation.trust_anchors, check_path);
  attestation.text("metadata", config.attestation.metadata, check_path);
  attestation.text("metadata_root", config.attestation.metadata_root, check_path);
  attestation.text("metadata_host", config.attestation.metadata_host, check_host);
  attestation.finish();
  root.text("provider_names", config.provider_names, check_path);

  YamlSection tokens = root.section("tokens");
  tokens.integer("session_ttl", config.tokens.session_ttl_seconds, 60, 86'400);
  tokens.integer("auth_ttl", config.tokens.auth_ttl_seconds, 10, 300);
  tokens.integer("ceremony_ttl", config.tokens.ceremony_ttl_seconds, 30, 600);
  tokens.finish();

  YamlSection log = root.section("log");
  log.choice("level", config.log.level, {"debug", "info", "warning", "error"});
  log.finish();

  constexpr std::int64_t kMostRequests = 10'000'000;
  YamlSection limits = root.section("rate_limits");
  limits.boolean("enabled", config.rate_limits.enabled);
  limits.text("file", config.rate_limits.file, check_path);
  limits.integer("address_per_minute", config.rate_limits.address_per_minute, 0, kMostRequests);
  limits.integer("token_per_minute", config.rate_limits.token_per_minute, 0, kMostRequests);
  limits.integer("tenant_per_second", config.rate_limits.tenant_per_second, 0, kMostRequests);
  limits.integer("key_per_second", config.rate_limits.key_per_second, 0, kMostRequests);
  limits.integer("claim_address_per_minute", config.rate_limits.claim_address_per_minute, 0,
                 kMostRequests);
  limits.integer("claim_tenant_per_minute", config.rate_limits.claim_tenant_per_minute, 0,
                 kMostRequests);
  limits.finish();

  YamlSection metrics = root.section("metrics");
  metrics.boolean("tenants", config.metrics.tenants);
  metrics.list("allow", config.metrics.allow, check_range);
  metrics.finish();

  root.finish();
}

/// False if the file is not YAML, which is noted.
bool read_layer(const std::string& text, Config& config, Layer& layer) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      layer.mistakes.add(documents[1].Mark(), "the file must hold one YAML document, not several");
    }
    if (!documents.empty()) layer.document.reset(documents.front());
    read_sections(layer.document, config, layer.mistakes);
    return true;
  } catch (const YAML::Exception& error) {
    layer.mistakes.add(error.mark, "not valid YAML: " + error.msg);
    return false;
  }
}

/// The value behind a path of keys; absent if one of them is.
std::optional<YAML::Node> find_node(const YAML::Node& document,
                                    std::initializer_list<const char*> path) {
  YAML::Node node = document;
  for (const char* key : path) {
    if (!node.IsMap()) return std::nullopt;
    const YAML::Node next = std::as_const(node)[key];
    if (!next.IsDefined()) return std::nullopt;
    node.reset(next);
  }
  return node;
}

bool is_named(const std::vector<Layer>& layers, std::initializer_list<const char*> path) {
  return std::any_of(layers.begin(), layers.end(), [&](const Layer& layer) {
    return find_node(layer.document, path).has_value();
  });
}

/// Names the keys that all files together must have.
void require_keys(const Config& config, std::vector<Layer>& layers) {
  Layer& first = layers.front();
  if (!is_named(layers, {"base_url"})) {
    first.mistakes.add(first.document.Mark(),
                       "base_url is missing: the URL under which browsers reach this server");
  }
  if (!is_named(layers, {"keyring"})) {
    first.mistakes.add(first.document.Mark(), "keyring is missing: the path of the key ring file");
  }
  if (config.attestation.metadata.empty() || is_named(layers, {"attestation", "metadata_root"})) {
    return;
  }
  for (Layer& layer : layers) {
    const auto metadata = find_node(layer.document, {"attestation", "metadata"});
    if (!metadata) continue;
    layer.mistakes.add(metadata->Mark(),
                       "attestation.metadata_root is missing: the certificate that the metadata's "
                       "signer leads to");
  }
}

}  // namespace

std::string ConfigMistake::message() const {
  if (line == 0) return file + ": " + text;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + text;
}

Result<Config, std::vector<ConfigMistake>> parse_config(const std::vector<ConfigText>& files) {
  Config config;
  config.plugin_dir = MASTERKEY2_DEFAULT_PLUGIN_DIR;
  config.provider_names = MASTERKEY2_DEFAULT_PROVIDER_NAMES;
  std::vector<Layer> layers;
  bool readable = true;
  for (const ConfigText& file : files) {
    config.files.push_back(file.file);
    Layer& layer = layers.emplace_back(Layer{YAML::Node(), MistakeList(file.file)});
    readable = read_layer(file.text, config, layer) && readable;
  }
  // A key may stand in a file that is not YAML: nobody can say that it is missing.
  if (readable) require_keys(config, layers);
  std::vector<ConfigMistake> mistakes;
  for (Layer& layer : layers) {
    std::vector<ConfigMistake> found = std::move(layer.mistakes).take();
    std::move(found.begin(), found.end(), std::back_inserter(mistakes));
  }
  if (!mistakes.empty()) return mistakes;
  if (config.rate_limits.file.empty()) {
    config.rate_limits.file =
        config.keyring.substr(0, config.keyring.rfind('/') + 1) + "rate_limits";
  }
  return config;
}

}  // namespace masterkey2
