#include "fcgi/handlers/query.hpp"

#include <algorithm>
#include <charconv>

#include "encoding/utf8.hpp"
#include "service/failure.hpp"

namespace masterkey2 {
namespace {

constexpr std::string_view kReserved = "+#&=\"<>\\^`{|}";

std::optional<unsigned> hex_value(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// Absent if it cannot be a value.
std::optional<std::string> decoded(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const auto byte = hex_value(text.substr(i + 1, 2));
      if (!byte) return std::nullopt;
      value += static_cast<char>(*byte);
      i += 2;
    } else if (c <= ' ' || c > '~' || kReserved.find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      value += c;
    }
  }
  if (!is_utf8(value) || has_control_character(value)) return std::nullopt;
  return value;
}

ApiError bad_query(std::initializer_list<std::string_view> known) {
  std::string names;
  for (const std::string_view name : known) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return invalid_request("", "a query of " + names + ", each once, values percent-encoded");
}

}  // namespace

ApiResult<Query> read_query(std::string_view query, std::initializer_list<std::string_view> known) {
  Query values;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return bad_query(known);
    const std::string_view name = part.substr(0, equals);
    auto value = decoded(part.substr(equals + 1));
    if (std::find(known.begin(), known.end(), name) == known.end() || !value ||
        !values.emplace(name, *std::move(value)).second) {
      return bad_query(known);
    }
  }
  return values;
}

std::optional<std::string> find_value(const Query& query, std::string_view name) {
  const auto found = query.find(name);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

ApiResult<std::optional<std::uint32_t>> read_limit(const Query& query) {
  const auto text = find_value(query, "limit");
  if (!text) return std::optional<std::uint32_t>{};
  std::uint32_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || end != text->data() + text->size()) {
    return invalid_request("", "a limit from 1 to 200");
  }
  return std::optional(limit);
}

}  // namespace masterkey2
