// Finds the route of a request and runs its handler: the one way from HTTP to the services.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fcgi/http_message.hpp"
#include "service/api_error.hpp"

namespace masterkey2 {

/// What a route demands before its handler runs; the router checks form and presence
/// (missing_api_key, api_key_in_browser, missing_token), the services check the rest.
enum class RouteCredential : std::uint8_t { kNone, kApiKey, kBearer };

/// A request whose route is known. Views borrow from `http`.
struct RouteRequest {
  const HttpRequest& http;
  std::string api_key;                   ///< kApiKey: text of X-API-KEY
  std::string bearer;                    ///< kBearer: text after `Bearer `
  std::vector<std::string> path_values;  ///< decoded `{…}` segments, in order
  std::string_view query;                ///< raw, without `?`
  RequestLog& log;
};

using Handler = std::function<ApiResult<HttpResponse>(RouteRequest&)>;

struct Route {
  std::string_view method;   ///< `POST`
  std::string_view pattern;  ///< below the prefix: `/api/v1/users/{external_id}/disable`
  RouteCredential credential = RouteCredential::kNone;
  Handler handler;
};

/// Immutable after construction; `handle` is thread-safe.
///
/// Works on the raw target only (never PATH_INFO): strips the configured prefix, splits at `/`,
/// decodes each segment once, refuses `.` and `..`, empty segments, bad escapes, encoded `/`, NUL
/// and control bytes with invalid_path. Unknown path: not_found. Known path, other method:
/// method_not_allowed with `Allow`. OPTIONS on a path: 204 by Access-Control-Request-Method, CORS
/// headers for kBearer routes alone. HEAD is answered as GET without a body. Problems are
/// made in problem.cpp; every answer of a kBearer route has `Access-Control-Allow-Origin: *`.
/// A body needs `Content-Type: application/json` (charset utf-8 at most) and no Content-Encoding.
class Router {
 public:
  /// `prefix`: path of base_url without a trailing slash, empty for the root.
  Router(std::vector<Route> routes, std::string prefix);

  /// Never throws: a handler's exception becomes `internal`.
  [[nodiscard]] HttpResponse handle(const HttpRequest& request, RequestLog& log) const;

  [[nodiscard]] std::span<const Route> routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::string prefix_;
};

}  // namespace masterkey2
