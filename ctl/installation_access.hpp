// What most commands need first: configuration, storage and key ring.
#pragma once

#include <memory>
#include <string>

#include "config/config.hpp"
#include "ctl/command.hpp"
#include "storage/plugin_loader.hpp"
#include "token/key_ring.hpp"

namespace masterkey2::ctl {

/// The configuration, every mistake in it one line of the error (EX_CONFIG).
[[nodiscard]] Result<Config, CommandError> open_config(const std::string& path);

/// Configuration and storage. The process has become the store's owner.
class InstallationAccess {
 public:
  [[nodiscard]] static Result<InstallationAccess, CommandError> open(const std::string& config);

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] Storage& storage() const { return storage_.storage(); }
  [[nodiscard]] Result<KeyRing, CommandError> key_ring() const;

 private:
  InstallationAccess(Config config, LoadedStorage storage)
      : config_(std::move(config)), storage_(std::move(storage)) {}
  Config config_;
  LoadedStorage storage_;
};

/// A storage error in an operator's words, with the exit code that fits.
[[nodiscard]] CommandError storage_failure(const StorageError& error);

}  // namespace masterkey2::ctl
