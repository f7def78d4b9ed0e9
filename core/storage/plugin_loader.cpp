#include "storage/plugin_loader.hpp"

#define BOOST_DLL_USE_STD_FS
#include <algorithm>
#include <boost/dll/import.hpp>
#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <exception>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "storage/guarded_storage.hpp"
#include "storage/plugin_file.hpp"

namespace masterkey2 {

/// The order of the members is the point: the object dies before its library.
struct LoadedStorage::State {
  boost::shared_ptr<const StoragePlugin> descriptor;  ///< keeps the library
  std::unique_ptr<Storage> storage;
};

struct PluginLoaderAccess {
  static LoadedStorage make(boost::shared_ptr<const StoragePlugin> descriptor,
                            std::unique_ptr<Storage> storage) {
    return LoadedStorage(std::make_unique<LoadedStorage::State>(
        LoadedStorage::State{std::move(descriptor), std::move(storage)}));
  }
};

LoadedStorage::LoadedStorage(std::unique_ptr<State> state) : state_(std::move(state)) {}
LoadedStorage::LoadedStorage(LoadedStorage&&) noexcept = default;
LoadedStorage& LoadedStorage::operator=(LoadedStorage&&) noexcept = default;
LoadedStorage::~LoadedStorage() = default;

Storage& LoadedStorage::storage() const { return *state_->storage; }
const StoragePlugin& LoadedStorage::descriptor() const { return *state_->descriptor; }

namespace {

constexpr std::size_t kMaxPluginNameSize = 32;

bool is_plugin_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxPluginNameSize &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

/// A library stays mapped until the process ends: its code may still be named by threads, exception
/// types or static objects.
void keep_mapped(const boost::dll::shared_library& library) {
  static auto* const mutex = new std::mutex();
  static auto* const kept = new std::vector<boost::dll::shared_library>();
  const std::lock_guard lock(*mutex);
  kept->push_back(library);
}

PluginError mismatch(const std::string& path, const char* what, const std::string& its,
                     const std::string& ours) {
  return {path + ": its " + what + " is " + its + ", ours is " + ours};
}

std::string quoted(const char* text) {
  return text == nullptr ? std::string("missing") : '"' + std::string(text) + '"';
}

/// Member by member, from the first: what comes later means something only if these agree.
Result<void, PluginError> check_descriptor(const StoragePlugin& plugin, const std::string& path,
                                           const PluginRequest& request) {
  if (plugin.struct_size != sizeof(StoragePlugin)) {
    return mismatch(path, "descriptor size", std::to_string(plugin.struct_size),
                    std::to_string(sizeof(StoragePlugin)));
  }
  if (plugin.abi_version != kStorageAbiVersion) {
    return mismatch(path, "ABI number", std::to_string(plugin.abi_version),
                    std::to_string(kStorageAbiVersion));
  }
  if (plugin.build_abi == nullptr || std::strcmp(plugin.build_abi, kStorageBuildAbi) != 0) {
    return mismatch(path, "build fingerprint", quoted(plugin.build_abi), quoted(kStorageBuildAbi));
  }
  if (plugin.name == nullptr || request.name != plugin.name) {
    return mismatch(path, "name", quoted(plugin.name), quoted(request.name.c_str()));
  }
  if (plugin.version == nullptr || plugin.license == nullptr || plugin.create == nullptr ||
      (plugin.options == nullptr && plugin.option_count > 0)) {
    return PluginError{path + ": its descriptor is incomplete"};
  }
  const std::uint64_t missing = request.required_capabilities & ~plugin.capabilities;
  if (missing != 0) {
    return PluginError{path + ": it lacks capabilities: has " +
                       std::to_string(plugin.capabilities) + ", needed are " +
                       std::to_string(request.required_capabilities)};
  }
  return {};
}

PluginError unknown_option(const std::string& name, const std::string& plugin,
                           std::span<const StorageOption> declared) {
  std::string names;
  for (const StorageOption& option : declared) names.append(" ").append(option.name);
  return PluginError{"storage.options." + name + " is unknown to plugin " + plugin +
                     ", which knows:" + names};
}

/// The operator's options with the defaults filled in. Values are never part of a message.
Result<StorageOptions, PluginError> complete_options(const StoragePlugin& plugin,
                                                     const PluginRequest& request) {
  const std::span<const StorageOption> declared(plugin.options, plugin.option_count);
  StorageOptions options;
  for (const StorageOption& option : declared) {
    if (option.name == nullptr || options.contains(option.name)) {
      return PluginError{"plugin " + request.name + " declares an option without a name or twice"};
    }
    const auto given = request.options.find(option.name);
    if (given != request.options.end()) {
      options.emplace(option.name, given->second);
    } else if (option.required) {
      return PluginError{"storage.options." + std::string(option.name) +
                         " is missing: " + (option.help == nullptr ? "" : option.help)};
    } else if (option.default_value != nullptr) {
      options.emplace(option.name, option.default_value);
    }
  }
  for (const auto& given : request.options) {
    const std::string& name = given.first;
    const bool known = std::ranges::any_of(
        declared, [&name](const StorageOption& option) { return name == option.name; });
    if (!known) return unknown_option(name, request.name, declared);
  }
  return options;
}

std::string plugin_path(const PluginRequest& request) {
  const std::filesystem::path folder(request.plugin_dir);
  return (folder / ("libmasterkey2_storage_" + request.name + ".so")).string();
}

/// The checked descriptor; holds its library. Boost and the loader may throw.
Result<boost::shared_ptr<const StoragePlugin>, PluginError> open_plugin(
    const PluginRequest& request) {
  if (!is_plugin_name(request.name)) {
    return PluginError{"a plugin's name has 1 to 32 of a-z, 0-9 and _"};
  }
  const std::string path = plugin_path(request);
  if (auto ok = check_plugin_file(request.plugin_dir, path, request.allow_own_plugins); !ok) {
    return ok.error();
  }
  const boost::dll::shared_library library(
      path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  keep_mapped(library);
  if (!library.has(MASTERKEY2_STORAGE_PLUGIN_SYMBOL)) {
    return PluginError{path + ": exports no " MASTERKEY2_STORAGE_PLUGIN_SYMBOL};
  }
  auto descriptor =
      boost::dll::import_alias<const StoragePlugin>(library, MASTERKEY2_STORAGE_PLUGIN_SYMBOL);
  if (!descriptor) return PluginError{path + ": its descriptor is missing"};
  if (auto ok = check_descriptor(*descriptor, path, request); !ok) return ok.error();
  return descriptor;
}

/// What `open` answers, or why it threw.
template <class Open>
auto without_exceptions(const PluginRequest& request, const Open& open) -> decltype(open()) {
  try {
    return open();
  } catch (const std::exception& error) {
    return PluginError{plugin_path(request) + ": cannot be loaded: " + error.what()};
  } catch (...) {
    return PluginError{plugin_path(request) + ": cannot be loaded: it threw"};
  }
}

}  // namespace

Result<LoadedStorage, PluginError> load_storage(const PluginRequest& request, HostServices& host) {
  return without_exceptions(request, [&]() -> Result<LoadedStorage, PluginError> {
    auto descriptor = open_plugin(request);
    if (!descriptor) return descriptor.error();
    const auto options = complete_options(**descriptor, request);
    if (!options) return options.error();
    auto storage = (*descriptor)->create(*options, host);
    if (!storage) return PluginError{"plugin " + request.name + ": " + storage.error().detail};
    if (!*storage) return PluginError{"plugin " + request.name + ": made no storage"};
    return PluginLoaderAccess::make(
        std::move(*descriptor),
        make_guarded_storage(std::move(*storage), request.name, host, request.meter));
  });
}

Result<const StoragePlugin*, PluginError> read_plugin(const PluginRequest& request) {
  return without_exceptions(request, [&]() -> Result<const StoragePlugin*, PluginError> {
    const auto descriptor = open_plugin(request);
    if (!descriptor) return descriptor.error();
    return descriptor->get();
  });
}

}  // namespace masterkey2
