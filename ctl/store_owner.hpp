// Becoming the user who owns the store, so that root leaves no file there that the server cannot
// open.
#pragma once

#include <optional>

#include "config/config.hpp"
#include "ctl/command.hpp"

namespace masterkey2::ctl {

/// For root only, and for good: takes the user, the group and the groups of the store's owner (the
/// flat file's `path`, else the key ring, else the key ring's folder). Nothing if that is root.
[[nodiscard]] std::optional<CommandError> become_store_owner(const Config& config);

}  // namespace masterkey2::ctl
