// What a route demands of a request's headers and body before its handler runs.
#pragma once

#include <string_view>

#include "fcgi/http_message.hpp"
#include "service/api_error.hpp"

namespace masterkey2 {

/// Text of X-API-KEY, borrowed. kMissingApiKey; kApiKeyInBrowser if the request comes from a page;
/// kInvalidRequest for two keys joined by a comma; kInvalidApiKey if it cannot be one.
[[nodiscard]] ApiResult<std::string_view> read_api_key(const HttpRequest& request);

/// Token of `Authorization: Bearer` (RFC 6750 §2.1), borrowed. kMissingToken if there is none or
/// another scheme, kInvalidToken if it cannot be one.
[[nodiscard]] ApiResult<std::string_view> read_bearer(const HttpRequest& request);

/// kBodyTooLarge, or kUnsupportedMediaType for a body that is not plain `application/json`.
[[nodiscard]] ApiResult<void> check_body(const HttpRequest& request);

}  // namespace masterkey2
