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
enum class RouteCredential : std::uint8_t {
  kNone,
  kApiKey,
  kBearer,
  /// For the phone's page on our own origin: the handler wants a QR code's id in the body, or a
  /// phone token as Bearer. Other origins get no CORS.
  kPhone,
};

/// A request whose route is known. Views borrow from `http`.
struct RouteRequest {
  const HttpRequest& http;
  std::string_view api_key;              ///< kApiKey: text of X-API-KEY
  std::string_view bearer;               ///< kBearer: text after `Bearer `
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
  /// Under load the last to be refused: it ends what other calls have begun, or says how we are.
  bool urgent = false;
};

/// Immutable after construction; `handle` is thread-safe.
///
/// Works on the raw target only (never PATH_INFO): strips the configured prefix, splits at `/`,
/// decodes each segment once, refuses `.` and `..`, empty segments, bad escapes, encoded `/`, NUL
/// and control bytes with invalid_path (in an `{external_id}` with invalid_external_id). Then, in
/// this order: unknown path: not_found; known path, other method: method_not_allowed with `Allow`;
/// credential; body (`Content-Type: application/json` with charset utf-8 at most, no
/// Content-Encoding, ≤ 64 KiB). HEAD is answered as GET without a body.
///
/// CORS: every answer of a kBearer route, and every not_found and method_not_allowed on a path that
/// is not for API keys or the phone's page alone, has `Access-Control-Allow-Origin: *`; OPTIONS
/// answers 204 by path and Access-Control-Request-Method. Routes of API keys and of the phone's
/// page answer no CORS header at all.
class Router {
 public:
  /// `prefix`: path of base_url without a trailing slash, empty for the root.
  Router(std::vector<Route> routes, std::string prefix);

  /// A handler's exception becomes `internal`.
  [[nodiscard]] HttpResponse handle(const HttpRequest& request, RequestLog& log) const;

  /// The problem that says `error`, as `handle` would have answered it on this path: for requests
  /// that are refused before they reach a handler.
  [[nodiscard]] HttpResponse refuse(const HttpRequest& request, const ApiError& error,
                                    RequestLog& log) const;

  /// Whether the request is for an urgent route, by the path alone and as it is written there.
  [[nodiscard]] bool is_urgent(const HttpRequest& request) const;

  [[nodiscard]] std::span<const Route> routes() const { return routes_; }

 private:
  struct Lookup;
  [[nodiscard]] Lookup look_up(const HttpRequest& request) const;
  [[nodiscard]] static HttpResponse preflight(const HttpRequest& request, const Lookup& found);
  [[nodiscard]] static HttpResponse refuse_on(const Lookup& found, const HttpRequest& request,
                                              const ApiError& error, RequestLog& log);

  std::vector<Route> routes_;
  std::vector<std::vector<std::string_view>> patterns_;  ///< segments, parallel to routes_
  std::string prefix_;
  std::vector<std::string> urgent_paths_;  ///< with the prefix
};

}  // namespace masterkey2
