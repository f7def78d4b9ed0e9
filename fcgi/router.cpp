#include "fcgi/router.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <optional>
#include <typeinfo>
#include <utility>

#include "fcgi/problem.hpp"
#include "fcgi/request_checks.hpp"
#include "fcgi/request_path.hpp"

namespace masterkey2 {
namespace {

constexpr std::string_view kAllowOrigin = "Access-Control-Allow-Origin";

std::vector<std::string_view> split_pattern(std::string_view pattern) {
  std::vector<std::string_view> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    segments.push_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return segments;
}

bool is_value(std::string_view segment) { return segment.starts_with('{'); }

bool matches(const std::vector<std::string_view>& pattern,
             const std::vector<PathSegment>& segments) {
  return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(),
                    [](std::string_view expected, const PathSegment& segment) {
                      return is_value(expected) || (!segment.malformed && segment.text == expected);
                    });
}

void add_word(std::string& list, std::string_view word) {
  if (list.find(word) != std::string::npos) return;
  if (!list.empty()) list += ", ";
  list += word;
}

/// Exactly one such header may leave; a handler's own wins.
void allow_any_origin(HttpResponse& response) {
  const bool there = std::any_of(response.headers.begin(), response.headers.end(),
                                 [](const auto& header) { return header.first == kAllowOrigin; });
  if (there) return;
  response.headers.emplace_back(kAllowOrigin, "*");
  response.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After, X-Request-Id");
}

/// The exception's type only: its text may quote what the client sent.
ApiError internal_error(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return {.code = ErrorCode::kInternal,
          .detail = std::string("exception ") + (name ? name.get() : type.name())};
}

ApiResult<HttpResponse> run_handler(const Route& route, RouteRequest& request) {
  try {
    return route.handler(request);
  } catch (const std::exception& error) {
    return internal_error(typeid(error));
  } catch (...) {
    return ApiError{.code = ErrorCode::kInternal, .detail = "exception of unknown type"};
  }
}

/// Checks what `route` demands, then runs its handler.
ApiResult<HttpResponse> serve(const Route& route, RouteRequest& request) {
  if (route.credential == RouteCredential::kApiKey) {
    const auto key = read_api_key(request.http);
    if (!key) return key.error();
    request.api_key = *key;
  } else if (route.credential == RouteCredential::kBearer) {
    const auto token = read_bearer(request.http);
    if (!token) return token.error();
    request.bearer = *token;
  }
  if (auto body = check_body(request.http); !body) return body.error();
  return run_handler(route, request);
}

}  // namespace

/// What the table says about a request's path and method.
struct Router::Lookup {
  const Route* route = nullptr;
  std::optional<ApiError> error;  ///< present if `route` is null or the path's values are malformed
  std::vector<std::string> path_values;
  std::string_view query;
  bool path_known = false;
  bool cors = true;
  std::string methods;         ///< of the path, for `Allow`
  std::string bearer_methods;  ///< of its kBearer routes
};

Router::Router(std::vector<Route> routes, std::string prefix)
    : routes_(std::move(routes)), prefix_(std::move(prefix)) {
  patterns_.reserve(routes_.size());
  for (const Route& route : routes_) {
    patterns_.push_back(split_pattern(route.pattern));
    if (route.urgent) urgent_paths_.push_back(prefix_ + std::string(route.pattern));
  }
}

bool Router::is_urgent(const HttpRequest& request) const {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  return std::find(urgent_paths_.begin(), urgent_paths_.end(), path) != urgent_paths_.end();
}

Router::Lookup Router::look_up(const HttpRequest& request) const {
  Lookup found;
  auto path = parse_request_path(request.target, prefix_);
  if (!path) {
    found.error = path.error();
    return found;
  }
  found.query = path->query;

  // A preflight asks about the method that is to follow; HEAD is GET without a body.
  const std::string* requested = request.header("access-control-request-method");
  const bool is_preflight = request.method == "OPTIONS" && requested != nullptr;
  std::string_view method = is_preflight ? *requested : request.method;
  if (method == "HEAD") method = "GET";

  std::size_t index = 0;
  bool for_no_other_origin = true;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const Route& route = routes_[i];
    if (!matches(patterns_[i], path->segments)) continue;
    found.path_known = true;
    add_word(found.methods, route.method);
    if (route.method == "GET") add_word(found.methods, "HEAD");
    if (route.credential == RouteCredential::kBearer) add_word(found.bearer_methods, route.method);
    for_no_other_origin = for_no_other_origin && (route.credential == RouteCredential::kApiKey ||
                                                  route.credential == RouteCredential::kPhone);
    if (found.route == nullptr && route.method == method) {
      found.route = &route;
      index = i;
    }
  }

  if (found.route != nullptr) {
    found.cors = found.route->credential == RouteCredential::kBearer;
    for (std::size_t i = 0; i < path->segments.size(); ++i) {
      if (!is_value(patterns_[index][i])) continue;
      if (path->segments[i].malformed) {
        const bool external_id = patterns_[index][i] == "{external_id}";
        found.error =
            ApiError{.code = external_id ? ErrorCode::kInvalidExternalId : ErrorCode::kInvalidPath,
                     .detail = "a segment of the path cannot be decoded"};
      }
      found.path_values.push_back(std::move(path->segments[i].text));
    }
  } else if (found.path_known) {
    found.cors = !for_no_other_origin;
    found.error = ApiError{.code = ErrorCode::kMethodNotAllowed};
  } else {
    const bool malformed =
        std::any_of(path->segments.begin(), path->segments.end(),
                    [](const PathSegment& segment) { return segment.malformed; });
    found.error = ApiError{.code = malformed ? ErrorCode::kInvalidPath : ErrorCode::kNotFound};
  }
  if (found.path_known) add_word(found.methods, "OPTIONS");
  return found;
}

HttpResponse Router::preflight(const HttpRequest& request, const Lookup& found) {
  HttpResponse response;
  response.status = 204;
  if (found.path_known) response.headers.emplace_back("Allow", found.methods);
  if (!found.cors || request.header("access-control-request-method") == nullptr) return response;
  // Unknown paths and methods pass, so that a page can read the 404 or 405 that follows.
  response.headers.emplace_back(kAllowOrigin, "*");
  response.headers.emplace_back("Access-Control-Allow-Methods", found.bearer_methods.empty()
                                                                    ? "GET, POST, PATCH, DELETE"
                                                                    : found.bearer_methods);
  response.headers.emplace_back("Access-Control-Allow-Headers", "authorization, content-type");
  response.headers.emplace_back("Access-Control-Max-Age", "600");
  return response;
}

HttpResponse Router::handle(const HttpRequest& request, RequestLog& log) const {
  Lookup found = look_up(request);
  if (request.method == "OPTIONS") {
    const bool is_preflight = request.header("access-control-request-method") != nullptr;
    const bool unknown = found.error && found.error->code == ErrorCode::kNotFound;
    if (found.path_known || (unknown && is_preflight)) return preflight(request, found);
  }
  if (found.error) return refuse_on(found, request, *found.error, log);

  log.route = found.route->pattern;
  RouteRequest routed{.http = request,
                      .api_key = {},
                      .bearer = {},
                      .path_values = std::move(found.path_values),
                      .query = found.query,
                      .log = log};
  auto answer = serve(*found.route, routed);
  if (!answer) return refuse_on(found, request, answer.error(), log);
  HttpResponse response = std::move(answer).value();
  if (found.cors) allow_any_origin(response);
  if (request.method == "HEAD") {
    response.headers.emplace_back("Content-Length", std::to_string(response.body.size()));
    response.body.clear();
  }
  return response;
}

HttpResponse Router::refuse(const HttpRequest& request, const ApiError& error,
                            RequestLog& log) const {
  return refuse_on(look_up(request), request, error, log);
}

HttpResponse Router::refuse_on(const Lookup& found, const HttpRequest& request,
                               const ApiError& error, RequestLog& log) {
  if (found.route != nullptr) log.route = found.route->pattern;
  log.code = error_word(error.code);
  log.reason = error.reason;
  log.detail = error.detail;
  HttpResponse response = make_problem(error, request.request_id);
  if (error.code == ErrorCode::kMethodNotAllowed) {
    response.headers.emplace_back("Allow", found.methods);
  }
  if (response.status == 401 && found.route != nullptr) {
    const bool key = found.route->credential == RouteCredential::kApiKey;
    response.headers.emplace_back("WWW-Authenticate", key ? "ApiKey" : "Bearer");
  }
  if (found.cors) allow_any_origin(response);
  if (request.method == "HEAD") response.body.clear();
  return response;
}

}  // namespace masterkey2
