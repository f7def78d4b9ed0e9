// Rows of text in aligned columns, for people.
#pragma once

#include <string>
#include <vector>

namespace masterkey2::ctl {

/// Each row on a line of its own, indented by `indent`; columns two spaces apart.
[[nodiscard]] std::string text_columns(const std::vector<std::vector<std::string>>& rows,
                                       std::size_t indent = 0);

}  // namespace masterkey2::ctl
