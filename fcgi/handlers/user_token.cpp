#include "fcgi/handlers/user_token.hpp"

#include <utility>

#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "service/user_token_service.hpp"

namespace masterkey2 {

ApiResult<HttpResponse> post_user_token(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kSignIn, scope.call);
  if (!access) return access.error();
  const auto body = Body::read(request.http, {"external_id", "display_name", "ttl", "username"});
  if (!body) return body.error();
  auto external_id = body->text("external_id");
  if (!external_id) return external_id.error();
  auto display_name = body->optional_text("display_name");
  if (!display_name) return display_name.error();
  auto username = body->optional_text("username");
  if (!username) return username.error();
  const auto ttl = body->optional_integer("ttl");
  if (!ttl) return ttl.error();

  const auto issued = issue_user_token(services, *access,
                                       {.external_id = std::move(external_id).value(),
                                        .display_name = std::move(display_name).value(),
                                        .username = std::move(username).value(),
                                        .ttl = *ttl},
                                       scope.call);
  if (!issued) return issued.error();
  return json_answer({{"user_token", issued->text}, {"expires_in", issued->expires_in}});
}

}  // namespace masterkey2
