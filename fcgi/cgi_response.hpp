// An answer as FastCGI carries it: CGI headers (RFC 3875 §6.3) and a body.
#pragma once

#include <string>
#include <string_view>

#include "fcgi/http_message.hpp"

namespace masterkey2 {

/// `Status` first, then the response's headers, then those that every answer has (X-Request-Id,
/// Cache-Control, X-Content-Type-Options, Content-Length) unless they are there. Control characters
/// in a header become spaces.
[[nodiscard]] std::string cgi_response_text(const HttpResponse& response,
                                            std::string_view request_id);

}  // namespace masterkey2
