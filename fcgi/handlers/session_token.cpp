#include "fcgi/handlers/session_token.hpp"

#include <utility>

#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "service/session_token_service.hpp"

namespace masterkey2 {

ApiResult<HttpResponse> post_session_token(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kSignIn, scope.call);
  if (!access) return access.error();
  const auto body = Body::read(request.http, {"external_id", "challenge_nonce", "binding"});
  if (!body) return body.error();
  auto external_id = body->optional_text("external_id");
  if (!external_id) return external_id.error();
  auto nonce = body->optional_bytes("challenge_nonce");
  if (!nonce) return nonce.error();
  auto binding = body->optional_text("binding");
  if (!binding) return binding.error();

  const auto issued = issue_session_token(services, *access,
                                          {.external_id = std::move(external_id).value(),
                                           .challenge_nonce = std::move(nonce).value(),
                                           .binding = std::move(binding).value()});
  if (!issued) return issued.error();
  return json_answer({{"session_token", issued->text}, {"expires_in", issued->expires_in}});
}

ApiResult<HttpResponse> delete_session_token(Services& services, RouteRequest& request) {
  CallScope scope(request);
  if (auto revoked = revoke_session_token(services, request.bearer, scope.call); !revoked) {
    return revoked.error();
  }
  return json_answer({{"revoked", true}});
}

}  // namespace masterkey2
