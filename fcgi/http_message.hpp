// A request as the web server handed it over, and our answer, free of FastCGI.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Everything is bounded: method ≤ 16 B, target ≤ 8 KiB, ≤ 128 parameters within 32 KiB, body ≤ 64
/// KiB.
struct HttpRequest {
  std::string method;  ///< as sent, such as `POST`
  std::string target;  ///< raw REQUEST_URI: nothing decoded, `?query` included
  std::vector<std::pair<std::string, std::string>>
      headers;  ///< lower-case names (`x-api-key`); unique
  std::string body;
  bool body_too_large = false;  ///< the body passed 64 KiB and was not kept
  std::string remote_address;   ///< the client's, behind trusted proxies
  bool from_operator = false;   ///< see Peer
  std::string request_id;       ///< 22 characters, made by us for each request

  /// Null if absent. `name` in lower case.
  [[nodiscard]] const std::string* header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return &value;
    }
    return nullptr;
  }
};

struct HttpResponse {
  int status = 200;
  /// Names are literals. Without Content-Length, X-Request-Id, Cache-Control and nosniff, which the
  /// server adds unless they are here.
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string body;
};

/// What one request's log line says beyond method, status and time. Never a secret.
struct RequestLog {
  std::string_view route;  ///< pattern of the route table, empty if none matched
  std::string code;        ///< error word, if the answer is a problem
  std::string reason;
  std::string detail;  ///< what is particular: for operators only
  std::string tenant;  ///< id as text
};

}  // namespace masterkey2
