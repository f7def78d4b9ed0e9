// The part of a target behind `?`.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "service/api_error.hpp"

namespace masterkey2 {

using Query = std::map<std::string, std::string, std::less<>>;

/// `name=value&…`, values percent-decoded once. invalid_request for names that are none of `known`,
/// repetitions, bad escapes, text that is no UTF-8 or holds control characters, and `+`: some write
/// it for a space, others for itself, so it must be `%2B` or `%20`.
[[nodiscard]] ApiResult<Query> read_query(std::string_view query,
                                          std::initializer_list<std::string_view> known);

[[nodiscard]] std::optional<std::string> find_value(const Query& query, std::string_view name);

/// The value of `limit`; invalid_request if it is no number.
[[nodiscard]] ApiResult<std::optional<std::uint32_t>> read_limit(const Query& query);

}  // namespace masterkey2
