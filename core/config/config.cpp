#include "config/config.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>

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

Config read_sections(const YAML::Node& document, MistakeList& mistakes) {
  Config config;
  config.plugin_dir = MASTERKEY2_DEFAULT_PLUGIN_DIR;
  config.provider_names = MASTERKEY2_DEFAULT_PROVIDER_NAMES;
  YamlSection root(document, "", mistakes);

  root.text("listen", config.listen, check_listen);
  root.text("listen_mode", config.listen_mode, check_mode);
  std::int64_t workers = config.workers;
  root.integer("workers", workers, 4, 256);
  config.workers = static_cast<unsigned>(workers);
  root.text("base_url", config.base_url, check_base_url);
  root.require("base_url", "the URL under which browsers reach this server");
  root.text("plugin_dir", config.plugin_dir, check_path);
  root.boolean("allow_own_plugins", config.allow_own_plugins);

  YamlSection storage = root.section("storage");
  storage.text("plugin", config.storage.plugin, check_plugin_name);
  storage.texts("options", config.storage.options);
  storage.finish();

  root.text("keyring", config.keyring, check_path);
  root.require("keyring", "the path of the key ring file");
  root.list("trusted_proxies", config.trusted_proxies, check_range);

  YamlSection attestation = root.section("attestation");
  attestation.text("trust_anchors", config.attestation.trust_anchors, check_path);
  attestation.text("metadata", config.attestation.metadata, check_path);
  attestation.text("metadata_root", config.attestation.metadata_root, check_path);
  if (!config.attestation.metadata.empty()) {
    attestation.require("metadata_root", "the certificate that the metadata's signer leads to");
  }
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
  if (config.rate_limits.file.empty()) {
    config.rate_limits.file =
        config.keyring.substr(0, config.keyring.rfind('/') + 1) + "rate_limits";
  }

  YamlSection metrics = root.section("metrics");
  metrics.boolean("tenants", config.metrics.tenants);
  metrics.list("allow", config.metrics.allow, check_range);
  metrics.finish();

  root.finish();
  return config;
}

}  // namespace

std::string ConfigMistake::message() const {
  if (line == 0) return file + ": " + text;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + text;
}

Result<Config, std::vector<ConfigMistake>> parse_config(std::string_view text,
                                                        const std::string& file) {
  MistakeList mistakes(file);
  Config config;
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.size() > 1) {
      mistakes.add(documents[1].Mark(), "the file must hold one YAML document, not several");
    }
    config = read_sections(documents.empty() ? YAML::Node() : documents.front(), mistakes);
  } catch (const YAML::Exception& error) {
    mistakes.add(error.mark, "not valid YAML: " + error.msg);
  }
  if (!mistakes.empty()) return std::move(mistakes).take();
  return config;
}

}  // namespace masterkey2
