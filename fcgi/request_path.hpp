// The path of a request target, split and decoded once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/api_error.hpp"

namespace masterkey2 {

struct PathSegment {
  std::string text;
  /// The escapes cannot be decoded, or decode to a control byte; `text` is empty.
  bool malformed = false;
};

struct RequestPath {
  std::vector<PathSegment> segments;  ///< none for `/`
  std::string_view query;             ///< raw, without `?`; borrowed from the target
};

/// `target`: raw REQUEST_URI, in origin or absolute form (whose authority counts for nothing).
/// kNotFound outside `prefix`; kInvalidPath for `.`, `..`, an empty segment, an encoded slash, `#`,
/// spaces, control bytes, or more than 16 segments.
[[nodiscard]] ApiResult<RequestPath> parse_request_path(std::string_view target,
                                                        std::string_view prefix);

}  // namespace masterkey2
