#include "fcgi/handlers/body.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "encoding/base64url.hpp"
#include "service/failure.hpp"

namespace masterkey2 {
namespace {

std::string pointer_to(std::string_view name) { return '/' + std::string(name); }

std::string list_of(std::initializer_list<std::string_view> names) {
  if (names.size() == 0) return "no members";
  std::string text = "no members but ";
  for (const std::string_view name : names) {
    if (name != *names.begin()) text += ", ";
    text += name;
  }
  return text;
}

}  // namespace

ApiResult<Body> Body::read(const HttpRequest& request,
                           std::initializer_list<std::string_view> known) {
  if (request.body.empty()) return Body(Json::object());
  auto json = parse_json(request.body);
  if (!json) return failure(ErrorCode::kInvalidJson, json.error().detail);
  if (!json->is_object()) return failure(ErrorCode::kInvalidJson, "not an object");
  for (const auto& [name, value] : json->items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return invalid_request("", list_of(known));
    }
  }
  return Body(std::move(json).value());
}

const Json* Body::find(std::string_view name) const {
  const auto found = json_.find(name);
  return found == json_.end() ? nullptr : &*found;
}

ApiResult<std::string> Body::text(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr || !value->is_string()) return invalid_request(pointer_to(name), "a string");
  return value->get_ref<const std::string&>();
}

ApiResult<std::optional<std::string>> Body::optional_text(std::string_view name) const {
  if (find(name) == nullptr) return std::optional<std::string>{};
  auto value = text(name);
  if (!value) return value.error();
  return std::optional(std::move(value).value());
}

ApiResult<std::optional<std::int64_t>> Body::optional_integer(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::optional<std::int64_t>{};
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  // Also numbers like 30.0 and 3e1 are refused: they are no integers to the parser.
  if (!value->is_number_integer() ||
      (value->is_number_unsigned() && value->get<std::uint64_t>() > kMost)) {
    return invalid_request(pointer_to(name), "an integer");
  }
  return std::optional(value->get<std::int64_t>());
}

ApiResult<std::optional<Bytes>> Body::optional_bytes(std::string_view name) const {
  const auto encoded = optional_text(name);
  if (!encoded) return encoded.error();
  if (!encoded->has_value()) return std::optional<Bytes>{};
  auto bytes = base64url_decode(**encoded);
  if (!bytes) return failure(ErrorCode::kInvalidEncoding, pointer_to(name));
  return bytes;
}

ApiResult<bool> Body::boolean(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr || !value->is_boolean()) {
    return invalid_request(pointer_to(name), "true or false");
  }
  return value->get<bool>();
}

ApiResult<Json> Body::take_object(std::string_view name) {
  const auto value = json_.find(name);
  if (value == json_.end() || !value->is_object()) {
    return invalid_request(pointer_to(name), "an object");
  }
  return std::move(*value);
}

}  // namespace masterkey2
