// What masterkey2ctl's table of commands says, as a man page and for completion.
#pragma once

#include <string>
#include <vector>

#include "ctl/command.hpp"

namespace masterkey2::pages {

/// masterkey2ctl(8).
[[nodiscard]] std::string command_page(const std::vector<ctl::Command>& table);

/// A script for bash-completion: nouns, verbs, options and file names.
[[nodiscard]] std::string bash_completion(const std::vector<ctl::Command>& table);

}  // namespace masterkey2::pages
