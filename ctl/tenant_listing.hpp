// Finding tenants for commands.
#pragma once

#include <string>
#include <vector>

#include "ctl/command.hpp"
#include "masterkey2/storage.hpp"

namespace masterkey2::ctl {

/// All of them, in the order of ids.
[[nodiscard]] Result<std::vector<Tenant>, CommandError> all_tenants(Storage& storage);

/// By id, else by exact name. EX_DATAERR if there is none or the name has several.
[[nodiscard]] Result<Tenant, CommandError> find_tenant(Storage& storage,
                                                       const std::string& id_or_name);

}  // namespace masterkey2::ctl
