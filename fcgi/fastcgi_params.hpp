// The parameters of a FastCGI request: parsed and judged before anything acts on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"

namespace masterkey2 {

/// Borrowed from the stream.
struct Param {
  std::string_view name;
  std::string_view value;
};

struct ParamsError {
  std::string_view detail;
};

/// Name-value pairs (FastCGI 1.0 §3.4), at most 128. Lengths that do not add up and empty names are
/// errors: a peer that sends them does not speak FastCGI.
[[nodiscard]] Result<std::vector<Param>, ParamsError> parse_params(ByteView stream);

/// What makes the request one that must be refused: `=` or NUL in a name, NUL in a value, a second
/// value of a name that the server acts on, no or an odd REQUEST_METHOD or REQUEST_URI (≤ 8 KiB), a
/// CONTENT_LENGTH that is no number. Absent if it is sound.
[[nodiscard]] std::optional<ParamsError> find_params_mistake(const std::vector<Param>& params);

/// CONTENT_LENGTH as a number. Absent for text that says "unknown": empty, or `-1` (Caddy).
[[nodiscard]] std::optional<std::uint64_t> parse_content_length(std::string_view text);

}  // namespace masterkey2
