// Makes an HttpRequest from CGI parameters (RFC 3875 §4.1).
#pragma once

#include <string>
#include <vector>

#include "fcgi/fastcgi_params.hpp"
#include "fcgi/http_message.hpp"
#include "fcgi/peer_rules.hpp"

namespace masterkey2 {

/// Takes REQUEST_METHOD, REQUEST_URI, REMOTE_ADDR, CONTENT_TYPE and HTTP_*, nothing else; repeated
/// headers are joined by a comma (RFC 9110 §5.3). `rules` say who the client is. The body is left
/// empty; the request id is fresh: no header names it.
[[nodiscard]] HttpRequest make_http_request(const std::vector<Param>& params,
                                            const PeerRules& rules);

/// 22 characters of base64url: 128 random bits.
[[nodiscard]] std::string make_request_id();

}  // namespace masterkey2
