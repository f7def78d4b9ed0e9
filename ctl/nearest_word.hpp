// Guesses which word was meant.
#pragma once

#include <string_view>
#include <vector>

namespace masterkey2::ctl {

/// The one of `words` that is fewest edits (insert, drop, replace, swap neighbours) from `typed`;
/// empty if the best needs more than a third of its letters (at least one edit, at most three).
[[nodiscard]] std::string_view nearest_word(std::string_view typed,
                                            const std::vector<std::string_view>& words);

}  // namespace masterkey2::ctl
