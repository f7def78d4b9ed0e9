// masterkey2ctl storage export, import, check and migrate.
#pragma once

#include "ctl/command.hpp"

namespace masterkey2::ctl {

[[nodiscard]] CommandResult export_storage(const Arguments& arguments);
[[nodiscard]] CommandResult import_storage(const Arguments& arguments);
[[nodiscard]] CommandResult check_storage(const Arguments& arguments);
[[nodiscard]] CommandResult migrate_storage(const Arguments& arguments);

}  // namespace masterkey2::ctl
