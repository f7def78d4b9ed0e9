#include "fcgi/request_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxApiKeySize = 128;
constexpr std::size_t kMaxTokenSize = 4'096;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// base64url, and `bvsk_`.
bool is_key_character(char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }

/// RFC 6750 b64token.
bool is_token_character(char c) {
  return is_key_character(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// `application/json`, alone or with `charset=utf-8`.
bool is_json(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  if (!equal_ignoring_case(trimmed(content_type.substr(0, semicolon)), "application/json")) {
    return false;
  }
  if (semicolon == std::string_view::npos) return true;
  const std::string_view parameter = trimmed(content_type.substr(semicolon + 1));
  return equal_ignoring_case(parameter, "charset=utf-8") ||
         equal_ignoring_case(parameter, "charset=\"utf-8\"");
}

bool has_value(const std::string* header) { return header != nullptr && !header->empty(); }

}  // namespace

ApiResult<std::string_view> read_api_key(const HttpRequest& request) {
  const std::string* key = request.header("x-api-key");
  if (key == nullptr) return ApiError{.code = ErrorCode::kMissingApiKey};
  if (has_value(request.header("origin")) || has_value(request.header("sec-fetch-site"))) {
    return ApiError{.code = ErrorCode::kApiKeyInBrowser};
  }
  if (key->find(',') != std::string::npos) {
    return ApiError{.code = ErrorCode::kInvalidRequest, .detail = "X-API-KEY holds a comma"};
  }
  if (key->empty() || key->size() > kMaxApiKeySize ||
      !std::all_of(key->begin(), key->end(), is_key_character)) {
    return ApiError{.code = ErrorCode::kInvalidApiKey,
                    .detail = "X-API-KEY has not the form of a key"};
  }
  return std::string_view(*key);
}

ApiResult<std::string_view> read_bearer(const HttpRequest& request) {
  const std::string* header = request.header("authorization");
  if (header == nullptr) {
    return ApiError{.code = ErrorCode::kMissingToken,
                    .detail = "no Authorization header arrived (Apache needs CGIPassAuth On)"};
  }
  const std::string_view text = trimmed(*header);
  const std::size_t space = text.find(' ');
  if (!equal_ignoring_case(text.substr(0, space), "Bearer")) {
    return ApiError{.code = ErrorCode::kMissingToken, .detail = "Authorization of another scheme"};
  }
  const std::string_view token =
      space == std::string_view::npos ? std::string_view() : trimmed(text.substr(space));
  if (token.empty()) {
    return ApiError{.code = ErrorCode::kMissingToken, .detail = "Bearer without a token"};
  }
  if (token.size() > kMaxTokenSize ||
      !std::all_of(token.begin(), token.end(), is_token_character)) {
    return ApiError{.code = ErrorCode::kInvalidToken,
                    .detail = "the bearer token has not the form of a token"};
  }
  return token;
}

ApiResult<void> check_body(const HttpRequest& request) {
  if (request.body_too_large) return ApiError{.code = ErrorCode::kBodyTooLarge};
  if (request.body.empty()) return {};
  if (has_value(request.header("content-encoding"))) {
    return ApiError{.code = ErrorCode::kUnsupportedMediaType,
                    .detail = "the body has a Content-Encoding"};
  }
  const std::string* content_type = request.header("content-type");
  if (content_type == nullptr || !is_json(*content_type)) {
    return ApiError{.code = ErrorCode::kUnsupportedMediaType,
                    .detail = "the body is not declared as application/json"};
  }
  return {};
}

}  // namespace masterkey2
