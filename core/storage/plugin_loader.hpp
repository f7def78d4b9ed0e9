// Finds, checks and loads a storage plugin.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "masterkey2/plugin.hpp"
#include "masterkey2/result.hpp"
#include "storage/storage_meter.hpp"

namespace masterkey2 {

struct PluginError {
  std::string detail;  ///< one sentence: file, its value, ours
};

/// A loaded plugin and its one Storage. The object dies before the library (which stays mapped
/// until the process ends).
class LoadedStorage {
 public:
  /// `storage` guarded: exceptions that stray out of the plugin become kInternal, results that
  /// break the contract's limits or name another tenant become kCorrupt.
  [[nodiscard]] Storage& storage() const;
  [[nodiscard]] const StoragePlugin& descriptor() const;

  LoadedStorage(LoadedStorage&&) noexcept;
  LoadedStorage& operator=(LoadedStorage&&) noexcept;
  ~LoadedStorage();

 private:
  friend struct PluginLoaderAccess;
  struct State;
  explicit LoadedStorage(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct PluginRequest {
  std::string plugin_dir;
  std::string name;  ///< 1–32 of a–z, 0–9, _: no path
  std::map<std::string, std::string, std::less<>> options;
  bool allow_own_plugins = false;  ///< files of our own user pass, not root's alone
  std::uint64_t required_capabilities = 0;
  StorageMeter* meter = nullptr;  ///< sees each call; null: nobody does; outlives the result
};

/// Loads `<plugin_dir>/libmasterkey2_storage_<name>.so`. Refused before any code of it runs beyond
/// the loader's: a folder or file that is a link, owned by others, or writable by group or others.
/// Refused before any function of it is called: wrong struct_size, abi_version, build_abi or name,
/// missing capabilities, unknown, missing or repeated options. `host` must outlive the result.
[[nodiscard]] Result<LoadedStorage, PluginError> load_storage(const PluginRequest& request,
                                                              HostServices& host);

/// The plugin's descriptor, found and checked as by `load_storage`; nothing of it is called and
/// `options` do not matter. Stays valid until the process ends.
[[nodiscard]] Result<const StoragePlugin*, PluginError> read_plugin(const PluginRequest& request);

}  // namespace masterkey2
