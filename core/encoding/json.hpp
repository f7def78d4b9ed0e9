// JSON from strangers: bounded, no duplicate members, no silent conversion.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "masterkey2/result.hpp"

namespace masterkey2 {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t max_bytes = 65'536;
  std::size_t max_depth = 8;  ///< of nested arrays and objects
  std::size_t max_values = 4'096;
};

struct JsonError {
  std::string detail;  ///< for the log; never quotes the input
};

/// Parses one JSON text that fills `text`. Refused: beyond `limits`, duplicate members (after
/// unescaping), invalid UTF-8, lone surrogates, a byte order mark, NUL in strings, numbers beyond a
/// double. So the result can be dumped without throwing.
[[nodiscard]] Result<Json, JsonError> parse_json(std::string_view text,
                                                 const JsonLimits& limits = {});

}  // namespace masterkey2
