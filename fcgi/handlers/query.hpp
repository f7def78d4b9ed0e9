// The part of a target behind `?`.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "service/api_error.hpp"

namespace masterkey2 {

using Query = std::map<std::string, std::string, std::less<>>;

/// `name=value&…`. Our values need no escapes, so none are taken. invalid_request for names that
/// are none of `known`, repetitions and characters beyond letters, digits, `-` and `_`.
[[nodiscard]] ApiResult<Query> read_query(std::string_view query,
                                          std::initializer_list<std::string_view> known);

}  // namespace masterkey2
