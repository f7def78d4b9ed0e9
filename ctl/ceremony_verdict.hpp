// The verdict on one recorded ceremony, for operators.
#pragma once

#include <string_view>

#include "encoding/json.hpp"

namespace masterkey2::ctl {

/// `line`: one JSON object. The answer has `id` (that of the line, or null) and either `error` or
/// `verdict` (`accept`, `reject`), with `reason`, `step` and `explanation` of a rejection, and what
/// could be learnt from the response, even from a rejected one.
[[nodiscard]] Json judge_ceremony(std::string_view line);

}  // namespace masterkey2::ctl
