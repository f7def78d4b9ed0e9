// A fence around a plugin's Storage.
#pragma once

#include <memory>
#include <string>

#include "masterkey2/plugin.hpp"
#include "masterkey2/storage.hpp"
#include "storage/storage_meter.hpp"

namespace masterkey2 {

/// Owns `inner`. An exception that strays out of it becomes kInternal and is logged with
/// `plugin_name`; a row that breaks its documented limits, or is not what was asked for, becomes
/// kCorrupt: the plugin, its files and its database are not believed blindly. `meter` (may be
/// null) sees each call and may refuse it, which is kUnavailable. `host` and `meter` must outlive
/// the result.
[[nodiscard]] std::unique_ptr<Storage> make_guarded_storage(std::unique_ptr<Storage> inner,
                                                            std::string plugin_name,
                                                            HostServices& host,
                                                            StorageMeter* meter = nullptr);

}  // namespace masterkey2
