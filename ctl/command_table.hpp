// All commands of masterkey2ctl.
#pragma once

#include <vector>

#include "ctl/command.hpp"

namespace masterkey2::ctl {

/// In the order of the help text; commands of one noun stand together.
[[nodiscard]] const std::vector<Command>& command_table();

// One file a noun.
[[nodiscard]] std::vector<Command> storage_commands();
[[nodiscard]] std::vector<Command> tenant_commands();
[[nodiscard]] std::vector<Command> keyring_commands();
[[nodiscard]] std::vector<Command> tenant_key_commands();
[[nodiscard]] std::vector<Command> signing_key_commands();
[[nodiscard]] std::vector<Command> post_restore_commands();
[[nodiscard]] std::vector<Command> user_commands();
[[nodiscard]] std::vector<Command> audit_commands();
[[nodiscard]] std::vector<Command> config_commands();
[[nodiscard]] std::vector<Command> plugin_commands();
[[nodiscard]] std::vector<Command> ceremony_commands();
[[nodiscard]] std::vector<Command> doctor_commands();

}  // namespace masterkey2::ctl
