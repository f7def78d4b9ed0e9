// Routes that tell what arrived, for tests of what is in front of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "fcgi/router.hpp"

namespace masterkey2 {

/// Handlers wait here until the test opens it.
class Barrier {
 public:
  void enter() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void wait_for(unsigned count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned inside_ = 0;
  bool open_ = false;
};

/// `handled` counts requests to /hello and /echo, which is urgent; those to /hold wait at
/// `barrier`.
inline std::vector<Route> echo_routes(Barrier& barrier, std::atomic<int>& handled) {
  const auto say = [](std::string_view text) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/plain");
    response.body = text;
    return response;
  };
  return {
      {"GET", "/hello", RouteCredential::kNone,
       [&handled, say](RouteRequest&) -> ApiResult<HttpResponse> {
         ++handled;
         return say("hello");
       }},
      {"POST", "/echo", RouteCredential::kNone,
       [&handled, say](RouteRequest& request) -> ApiResult<HttpResponse> {
         ++handled;
         return say(request.http.body);
       },
       true},
      {"GET", "/hold", RouteCredential::kNone,
       [&barrier, say](RouteRequest&) -> ApiResult<HttpResponse> {
         barrier.enter();
         return say("held");
       }},
      {"GET", "/large", RouteCredential::kNone,
       [say](RouteRequest&) -> ApiResult<HttpResponse> { return say(std::string(4 << 20, 'x')); }},
      {"POST", "/bearer", RouteCredential::kBearer,
       [say](RouteRequest& request) -> ApiResult<HttpResponse> { return say(request.bearer); }},
      {"POST", "/key", RouteCredential::kApiKey,
       [say](RouteRequest& request) -> ApiResult<HttpResponse> { return say(request.api_key); }},
      {"GET", "/echo-headers", RouteCredential::kNone,
       [say](RouteRequest& request) -> ApiResult<HttpResponse> {
         std::string text;
         for (const auto& [name, value] : request.http.headers) {
           text.append(name).append("=").append(value).append(";");
         }
         return say(text + request.http.method + " " + request.http.target);
       }},
  };
}

}  // namespace masterkey2
