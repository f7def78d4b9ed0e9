// Turns an ApiError into application/problem+json (RFC 9457). The only place that does.
#pragma once

#include <string_view>

#include "fcgi/http_message.hpp"
#include "service/api_error.hpp"

namespace masterkey2 {

/// Body: type `urn:masterkey2:error:<code>`, title, status, detail (fixed for each code), code,
/// request_id; reason, pointer, expected and signal where they apply. Retry-After where it applies.
[[nodiscard]] HttpResponse make_problem(const ApiError& error, std::string_view request_id);

}  // namespace masterkey2
