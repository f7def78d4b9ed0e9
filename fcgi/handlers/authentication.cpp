#include "fcgi/handlers/authentication.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "encoding/base64url.hpp"
#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "fcgi/handlers/mediation.hpp"
#include "service/authentication_service.hpp"

namespace masterkey2 {
namespace {

JsonObjectText signal_text(const AccountSignal& signal) {
  JsonObjectText text;
  text.bytes("user_id", signal.user.view())
      .text("name", signal.name)
      .text("display_name", signal.display_name);
  if (!signal.accepted.empty()) {
    std::vector<std::string> ids;
    for (const Bytes& id : signal.accepted) ids.push_back(base64url_encode(id));
    text.texts("accepted_credential_ids", std::vector<std::string_view>(ids.begin(), ids.end()));
  }
  return text;
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
  JsonObjectText client;
  client.text("rp_id", begun->rp_id)
      .text("name", begun->rp_name)
      .truth("cross_device", begun->cross_device);
  JsonObjectText answer;
  answer.text("ceremony", begun->ceremony)
      .json("publicKey", begun->public_key)
      .object("client", std::move(client))
      .number("expires_in", begun->expires_in);
  return json_answer(std::move(answer));
}

ApiResult<HttpResponse> post_finish_authentication(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = open_session_token(services, request.bearer);
  if (!token) return token.error();
  scope.call.tenant = token->claims.envelope.tenant;
  auto body = Body::read(request.http, {"ceremony", "credential"});
  if (!body) return body.error();
  auto ceremony = body->text("ceremony");
  if (!ceremony) return ceremony.error();
  auto credential = body->take_object("credential");
  if (!credential) return credential.error();

  const auto finished = finish_authentication(
      services, *token,
      {.ceremony = std::move(ceremony).value(), .credential = std::move(credential).value()},
      scope.call);
  if (!finished) return finished.error();
  JsonObjectText answer;
  answer.object("user", user_text(finished->user))
      .text("auth_token", finished->auth_token.text)
      .number("expires_in", finished->auth_token.expires_in);
  if (finished->signal) answer.object("signal", signal_text(*finished->signal));
  return json_answer(std::move(answer));
}

}  // namespace masterkey2
