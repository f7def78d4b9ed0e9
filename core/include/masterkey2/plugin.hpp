// How a backend makes itself known: one exported descriptor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "masterkey2/storage.hpp"
#include "masterkey2/version.hpp"

namespace masterkey2 {

enum class PluginLogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// What the host offers a plugin. Outlives the Storage. Thread-safe.
class HostServices {
 public:
  HostServices() = default;
  HostServices(const HostServices&) = delete;
  HostServices& operator=(const HostServices&) = delete;
  virtual ~HostServices() = default;
  /// One line of the log; `text` is UTF-8 without secrets. Never blocks.
  virtual void log(PluginLogLevel level, std::string_view text) = 0;
};

/// An option that the plugin understands, as the operator writes it below `storage.options`.
struct StorageOption {
  const char* name;
  const char* default_value;  ///< null: none
  const char* help;           ///< one line
  bool required;
  bool secret;  ///< never logged
};

enum StorageCapability : std::uint64_t {
  kMultiProcess = 1,  ///< several processes of one host may share a store
  kMultiHost = 2,     ///< several hosts may
  kDurable = 4,       ///< P3 holds for power loss, too
  kLocalReads = 8,    ///< reads cost no round trip: the host need not cache
  kPortable = 16,     ///< P14: it exports and imports
};

/// Name → value; every name is one of the declared options, defaults are filled in.
using StorageOptions = std::map<std::string, std::string, std::less<>>;

/// Standard layout and constant data only: the host reads and checks `struct_size`, `abi_version`
/// and `build_abi` before it calls anything. New members go to the end.
struct StoragePlugin {
  std::uint32_t struct_size;
  std::uint32_t abi_version;
  const char* build_abi;
  const char* name;  ///< as in the file name libmasterkey2_storage_<name>.so
  const char* version;
  const char* license;  ///< SPDX
  std::uint64_t capabilities;
  const StorageOption* options;
  std::size_t option_count;
  /// Does not connect and waits for nothing: kInvalidOptions is fatal to the server, a database
  /// that is down is kUnavailable later. Called once a process, at start.
  StorageResult<std::unique_ptr<Storage>> (*create)(const StorageOptions& options,
                                                    HostServices& host);
};

}  // namespace masterkey2

#define MASTERKEY2_EXPORT __attribute__((visibility("default")))

/// Name of the one symbol that a plugin exports: a pointer to its descriptor, as BOOST_DLL_ALIAS
/// makes it.
#define MASTERKEY2_STORAGE_PLUGIN_SYMBOL "masterkey2_storage_plugin"

/// Exports `descriptor`, a `const masterkey2::StoragePlugin` of static storage duration with
/// external linkage; to be used once, at namespace scope, after <boost/dll/alias.hpp>
/// (BOOST_DLL_USE_STD_FS).
#define MASTERKEY2_STORAGE_PLUGIN(descriptor) BOOST_DLL_ALIAS(descriptor, masterkey2_storage_plugin)
