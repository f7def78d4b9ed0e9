#include "ctl/installation_access.hpp"

#include <iostream>
#include <utility>

#include "ctl/store_owner.hpp"

namespace masterkey2::ctl {
namespace {

/// A plugin's warnings and errors go to stderr; what it does otherwise is the server's log.
class ConsoleServices final : public HostServices {
 public:
  void log(PluginLogLevel level, std::string_view text) override {
    if (level < PluginLogLevel::kWarning) return;
    std::cerr << "masterkey2ctl: storage: " + std::string(text) + "\n";
  }
};

HostServices& host() {
  static ConsoleServices services;
  return services;
}

}  // namespace

Result<Config, CommandError> open_config(const std::string& path) {
  auto config = read_config(path);
  if (config) return std::move(*config);
  std::string sentence;
  for (const ConfigMistake& mistake : config.error()) {
    if (!sentence.empty()) sentence += "\n";
    sentence += mistake.message();
  }
  return CommandError{EX_CONFIG, sentence};
}

Result<InstallationAccess, CommandError> InstallationAccess::open(const std::string& path) {
  auto config = open_config(path);
  if (!config) return config.error();
  if (const auto error = become_store_owner(*config)) return *error;
  const PluginRequest request{.plugin_dir = config->plugin_dir,
                              .name = config->storage.plugin,
                              .options = config->storage.options,
                              .allow_own_plugins = config->allow_own_plugins,
                              .required_capabilities = 0};
  auto storage = load_storage(request, host());
  if (!storage) return CommandError{EX_CONFIG, storage.error().detail};
  return InstallationAccess(std::move(*config), std::move(*storage));
}

Result<KeyRing, CommandError> InstallationAccess::key_ring() const {
  auto ring = read_key_ring(config_.keyring);
  if (!ring) return CommandError{EX_NOINPUT, ring.error().detail};
  return std::move(*ring);
}

CommandError storage_failure(const StorageError& error) {
  switch (error.code) {
    case StorageErrorCode::kNotInitialized:
      return {EX_UNAVAILABLE, "there is no store yet: run `masterkey2ctl storage init`"};
    case StorageErrorCode::kConflict:
    case StorageErrorCode::kUnavailable:
      return {EX_TEMPFAIL, "the storage cannot be reached now: " + error.detail};
    case StorageErrorCode::kOutcomeUnknown:
      return {EX_IOERR,
              "it is not known whether the change was stored, look before you repeat it: " +
                  error.detail};
    case StorageErrorCode::kIncompatible:
    case StorageErrorCode::kInvalidOptions:
      return {EX_CONFIG, "the storage cannot be used: " + error.detail};
    case StorageErrorCode::kCorrupt:
      return {EX_DATAERR, "the store is damaged: " + error.detail};
    case StorageErrorCode::kUnsupported:
      return {EX_UNAVAILABLE, "the storage plugin does not offer this: " + error.detail};
    case StorageErrorCode::kInvalidArgument:
    case StorageErrorCode::kInternal:
      break;
  }
  return {EX_SOFTWARE, "the storage plugin failed: " + error.detail};
}

}  // namespace masterkey2::ctl
