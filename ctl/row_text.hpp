// A row of a store as one line of JSON, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ctl/command.hpp"
#include "masterkey2/stored_row.hpp"

namespace masterkey2::ctl {

/// {"kind": …, member: value, …}: ids and byte strings in base64url, times in milliseconds, texts
/// as they are, or {"base64url": …} where they are not UTF-8 or hold NUL. Members are in the order
/// of their names, so that a row has exactly one text.
[[nodiscard]] std::string row_to_text(const StoredRow& row);

/// What row_to_text made. The error names the member, not its value.
[[nodiscard]] Result<StoredRow, std::string> row_from_text(std::string_view line);

/// Longer lines cannot be rows.
inline constexpr std::size_t kMaxRowText = 1U << 20;

}  // namespace masterkey2::ctl
