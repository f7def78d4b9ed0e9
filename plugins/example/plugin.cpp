// The descriptor: all that a server reads before it calls anything. The CMake package defines
// BOOST_DLL_USE_STD_FS, so that no Boost library is linked.
#include "masterkey2/plugin.hpp"

#include <boost/dll/alias.hpp>
#include <memory>

#include "memory_storage.hpp"

namespace example {
namespace {

using masterkey2::StorageOption;

constexpr StorageOption kOptions[] = {
    {"greeting", "", "a line for the log, to show what an option looks like", false, false},
};

/// Connects to nothing, waits for nothing.
StorageResult<std::unique_ptr<Storage>> create(const masterkey2::StorageOptions& options,
                                               masterkey2::HostServices& host) {
  const std::string& greeting = options.find("greeting")->second;
  if (greeting.size() > 200) {
    return StorageError{StorageErrorCode::kInvalidOptions, "greeting: longer than 200 bytes"};
  }
  if (!greeting.empty()) host.log(masterkey2::PluginLogLevel::kInfo, greeting);
  return std::unique_ptr<Storage>(std::make_unique<MemoryStorage>());
}

}  // namespace

extern const masterkey2::StoragePlugin kDescriptor;
const masterkey2::StoragePlugin kDescriptor = {
    sizeof(masterkey2::StoragePlugin),
    masterkey2::kStorageAbiVersion,
    masterkey2::kStorageBuildAbi,
    "memory",
    "1.0",
    "MIT",
    0,  // kMultiProcess | kDurable | …: only what it keeps
    kOptions,
    std::size(kOptions),
    &create,
};

}  // namespace example

MASTERKEY2_STORAGE_PLUGIN(example::kDescriptor)
