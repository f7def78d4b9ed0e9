#include "fcgi/handlers/admission.hpp"

#include "service/access.hpp"

namespace masterkey2 {

ApiResult<void> admit_request(Services& services, RouteCredential credential,
                              const RouteRequest& request) {
  if (services.limits == nullptr) return {};
  if (credential == RouteCredential::kApiKey) {
    return within_limit(services, LimitKind::kKey, as_bytes(request.api_key));
  }
  if (!request.http.from_operator) {
    auto good =
        within_limit(services, LimitKind::kAddress, address_subject(request.http.remote_address));
    if (!good) return good;
  }
  if (credential != RouteCredential::kBearer) return {};
  return within_limit(services, LimitKind::kToken, as_bytes(request.bearer));
}

}  // namespace masterkey2
