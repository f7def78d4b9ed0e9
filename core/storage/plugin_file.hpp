// Whose code is it? Asked before any of it is mapped.
#pragma once

#include <string>

#include "masterkey2/result.hpp"
#include "storage/plugin_loader.hpp"

namespace masterkey2 {

/// Nobody but root (and, if `own_too`, the process's own user) can have written the file at `path`,
/// a regular file and no link, or can swap it: the same holds for its folder, and for all above
/// that (where a sticky folder will do).
[[nodiscard]] Result<void, PluginError> check_plugin_file(const std::string& folder,
                                                          const std::string& path, bool own_too);

}  // namespace masterkey2
