// Reading a request's JSON body member by member, with strict types.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "encoding/json.hpp"
#include "fcgi/http_message.hpp"
#include "masterkey2/bytes.hpp"
#include "service/api_error.hpp"

namespace masterkey2 {

/// A body's members. Nothing is converted: another type, null included, is invalid_request with the
/// member's pointer.
class Body {
 public:
  /// invalid_json unless the body is one JSON object or empty (which counts as `{}`);
  /// invalid_request for a member that is none of `known`: a typing error must not pass for a
  /// default.
  [[nodiscard]] static ApiResult<Body> read(const HttpRequest& request,
                                            std::initializer_list<std::string_view> known);

  [[nodiscard]] ApiResult<std::string> text(std::string_view name) const;
  [[nodiscard]] ApiResult<std::optional<std::string>> optional_text(std::string_view name) const;
  [[nodiscard]] ApiResult<std::optional<std::int64_t>> optional_integer(
      std::string_view name) const;
  /// base64url; invalid_encoding for text that is none.
  [[nodiscard]] ApiResult<std::optional<Bytes>> optional_bytes(std::string_view name) const;
  [[nodiscard]] ApiResult<bool> boolean(std::string_view name) const;
  /// Leaves null in its place.
  [[nodiscard]] ApiResult<Json> take_object(std::string_view name);

 private:
  explicit Body(Json json) : json_(std::move(json)) {}
  /// Null if absent.
  [[nodiscard]] const Json* find(std::string_view name) const;

  Json json_;
};

}  // namespace masterkey2
