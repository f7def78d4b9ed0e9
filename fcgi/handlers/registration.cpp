#include "fcgi/handlers/registration.hpp"

#include <utility>

#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "fcgi/handlers/mediation.hpp"
#include "service/registration_service.hpp"

namespace masterkey2 {

ApiResult<HttpResponse> post_begin_registration(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = open_user_token(services, request.bearer);
  if (!token) return token.error();
  scope.call.tenant = token->claims.envelope.tenant;
  const auto body = Body::read(request.http, {"name", "mediation"});
  if (!body) return body.error();
  const auto name = body->optional_text("name");
  if (!name) return name.error();
  const auto conditional = read_conditional_mediation(*body);
  if (!conditional) return conditional.error();

  const auto begun = begin_registration(
      services, *token, {.name = name->value_or(""), .conditional = *conditional}, scope.call);
  if (!begun) return begun.error();
  JsonObjectText answer;
  answer.text("ceremony", begun->ceremony)
      .json("publicKey", begun->public_key)
      .number("expires_in", begun->expires_in);
  return json_answer(std::move(answer));
}

ApiResult<HttpResponse> post_finish_registration(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = open_user_token(services, request.bearer);
  if (!token) return token.error();
  scope.call.tenant = token->claims.envelope.tenant;
  auto body = Body::read(request.http, {"ceremony", "credential", "name"});
  if (!body) return body.error();
  auto ceremony = body->text("ceremony");
  if (!ceremony) return ceremony.error();
  auto credential = body->take_object("credential");
  if (!credential) return credential.error();
  auto name = body->optional_text("name");
  if (!name) return name.error();

  const auto finished = finish_registration(services, *token,
                                            {.ceremony = std::move(ceremony).value(),
                                             .credential = std::move(credential).value(),
                                             .name = std::move(name).value()},
                                            scope.call);
  if (!finished) return finished.error();
  JsonObjectText answer;
  answer.object("user", user_text(finished->user))
      .json("credential", text_of(credential_json(finished->credential, services.provider_names)));
  return json_answer(std::move(answer));
}

}  // namespace masterkey2
