// A request on its way into the services, and what it leaves in the log.
#pragma once

#include "fcgi/router.hpp"
#include "service/call.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2 {

/// Lives as long as the handler runs; then the log line knows the tenant, whatever was answered.
class CallScope {
 public:
  explicit CallScope(RouteRequest& request) : request_(request) {
    call.address = request.http.remote_address;
    call.request_id = request.http.request_id;
    if (const std::string* origin = request.http.header("origin")) call.origin = *origin;
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;
  ~CallScope() {
    if (call.tenant) request_.log.tenant = tenant_id_text(*call.tenant);
  }

  Call call;

 private:
  RouteRequest& request_;
};

}  // namespace masterkey2
