#include "fcgi/handlers/query.hpp"

#include <algorithm>

#include "service/failure.hpp"

namespace masterkey2 {
namespace {

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

ApiError bad_query(std::initializer_list<std::string_view> known) {
  std::string names;
  for (const std::string_view name : known) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return invalid_request("", "a query of " + names + ", each once");
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
    const std::string_view value = part.substr(equals + 1);
    if (std::find(known.begin(), known.end(), name) == known.end() || !is_plain(value) ||
        !values.emplace(name, value).second) {
      return bad_query(known);
    }
  }
  return values;
}

}  // namespace masterkey2
