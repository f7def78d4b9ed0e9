#include "fcgi/problem.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "encoding/json_text.hpp"

namespace masterkey2 {
namespace {

/// `invalid_api_key` → `Invalid API key`: one title for each code, whatever happened (RFC 9457
/// §3.1.3).
std::string title_of(std::string_view word) {
  std::string title(word);
  std::replace(title.begin(), title.end(), '_', ' ');
  for (const std::string_view name : {"api", "json", "id"}) {
    const std::size_t at = title.find(" " + std::string(name));
    const std::size_t end = at + 1 + name.size();
    if (at == std::string::npos || (end < title.size() && title[end] != ' ')) continue;
    for (std::size_t i = at + 1; i < end; ++i) title[i] = static_cast<char>(title[i] - 'a' + 'A');
  }
  if (!title.empty() && title[0] >= 'a') title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

}  // namespace

HttpResponse make_problem(const ApiError& error, std::string_view request_id) {
  const std::string_view word = error_word(error.code);
  const int status = error_status(error.code);
  JsonObjectText body;
  body.text("type", "urn:masterkey2:error:" + std::string(word))
      .text("title", title_of(word))
      .number("status", status)
      .text("detail", error_detail(error.code))
      .text("code", word);
  if (error.code == ErrorCode::kVerificationFailed) body.text_if("reason", error.reason);
  if (error.code == ErrorCode::kInvalidRequest) {
    body.text_if("pointer", error.pointer).text_if("expected", error.expected);
  }
  if (!error.unknown_credential.empty()) {
    JsonObjectText signal;
    signal.text("unknown_credential_id", error.unknown_credential);
    body.object("signal", std::move(signal));
  }
  body.text("request_id", request_id);

  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/problem+json");
  const bool passing = status == 429 || status == 503;
  if (passing || error.retry_after_seconds > 0) {
    response.headers.emplace_back("Retry-After",
                                  std::to_string(std::max(1, error.retry_after_seconds)));
  }
  response.body = std::move(body).take();
  return response;
}

}  // namespace masterkey2
