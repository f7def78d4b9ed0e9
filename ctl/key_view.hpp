// API keys as masterkey2ctl shows and takes them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "masterkey2/api_key.hpp"

namespace masterkey2::ctl {

/// Without secrets: storage has only digests, and those stay out, too.
[[nodiscard]] Json key_json(const ApiKey& key);
/// `sign-in, manage`
[[nodiscard]] std::string scopes_text(std::uint32_t scopes);
/// Of words such as `sign-in`; absent if one is none.
[[nodiscard]] std::optional<std::uint32_t> parse_scopes(const std::vector<std::string>& words);

}  // namespace masterkey2::ctl
