// The help texts, made from the table of commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/command.hpp"

namespace masterkey2::ctl {

/// For one command; without one for a noun; without a noun for the program.
[[nodiscard]] std::string help_text(const std::vector<Command>& table, std::string_view noun,
                                    const Command* command);

}  // namespace masterkey2::ctl
