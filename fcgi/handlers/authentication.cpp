#include "fcgi/handlers/authentication.hpp"

#include <utility>

#include "encoding/base64url.hpp"
#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "fcgi/handlers/mediation.hpp"
#include "service/authentication_service.hpp"

namespace masterkey2 {
namespace {

Json signal_json(const AccountSignal& signal) {
  Json json = {{"user_id", base64url_encode(signal.user.view())},
               {"name", signal.name},
               {"display_name", signal.display_name}};
  if (!signal.accepted.empty()) {
    Json ids = Json::array();
    for (const Bytes& id : signal.accepted) ids.push_back(base64url_encode(id));
    json["accepted_credential_ids"] = std::move(ids);
  }
  return json;
}

}  // namespace

ApiResult<HttpResponse> post_begin_authentication(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = open_session_token(services, request.bearer);
  if (!token) return token.error();
  scope.call.tenant = token->claims.envelope.tenant;
  const auto body = Body::read(request.http, {"mediation"});
  if (!body) return body.error();
  // Conditional mediation changes nothing of a sign-in, but wrong words are still mistakes.
  if (const auto conditional = read_conditional_mediation(*body); !conditional) {
    return conditional.error();
  }

  const auto begun = begin_authentication(services, *token, scope.call);
  if (!begun) return begun.error();
  return json_answer(
      {{"ceremony", begun->ceremony},
       {"publicKey", begun->public_key},
       {"client",
        {{"rp_id", begun->rp_id}, {"name", begun->rp_name}, {"cross_device", begun->cross_device}}},
       {"expires_in", begun->expires_in}});
}

ApiResult<HttpResponse> post_finish_authentication(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = open_session_token(services, request.bearer);
  if (!token) return token.error();
  scope.call.tenant = token->claims.envelope.tenant;
  const auto body = Body::read(request.http, {"ceremony", "credential"});
  if (!body) return body.error();
  auto ceremony = body->text("ceremony");
  if (!ceremony) return ceremony.error();
  auto credential = body->object("credential");
  if (!credential) return credential.error();

  const auto finished = finish_authentication(
      services, *token,
      {.ceremony = std::move(ceremony).value(), .credential = std::move(credential).value()},
      scope.call);
  if (!finished) return finished.error();
  Json answer = {{"user", user_json(finished->user)},
                 {"auth_token", finished->auth_token.text},
                 {"expires_in", finished->auth_token.expires_in}};
  if (finished->signal) answer["signal"] = signal_json(*finished->signal);
  return json_answer(answer);
}

}  // namespace masterkey2
