#include "fcgi/handlers/cross_device_computer.hpp"

#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "service/cross_device_computer.hpp"

namespace masterkey2 {
namespace {

/// How often a page should ask.
constexpr int kPollMillis = 2'000;

JsonObjectText status_text(const CrossDeviceStatus& status) {
  JsonObjectText text;
  text.text("state", state_word(status.state)).number("expires_in", status.expires_in);
  if (status.state == CrossDeviceState::kConfirm) text.number("attempts_left", status.tries_left);
  if (status.user) {
    text.object("user", user_text(*status.user)).text("auth_token", status.auth_token);
  }
  return text;
}

}  // namespace

ApiResult<HttpResponse> post_cross_device(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = open_session_token(services, request.bearer);
  if (!token) return token.error();
  scope.call.tenant = token->claims.envelope.tenant;
  if (const auto body = Body::read(request.http, {}); !body) return body.error();
  const std::string* const user_agent = request.http.header("user-agent");
  const auto begun = begin_cross_device(
      services, *token, parse_user_agent(user_agent == nullptr ? "" : *user_agent), scope.call);
  if (!begun) return begun.error();
  return json_answer({{"url", begun->url},
                      {"poll_token", begun->poll_token},
                      {"expires_in", begun->expires_in},
                      {"poll_ms", kPollMillis}});
}

ApiResult<HttpResponse> post_cross_device_status(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = open_poll_token(services, request.bearer);
  if (!token) return token.error();
  scope.call.tenant = token->claims.envelope.tenant;
  if (const auto body = Body::read(request.http, {}); !body) return body.error();
  const auto status = cross_device_status(services, *token, scope.call);
  if (!status) return status.error();
  return json_answer(status_text(*status));
}

ApiResult<HttpResponse> post_cross_device_confirm(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = open_poll_token(services, request.bearer);
  if (!token) return token.error();
  scope.call.tenant = token->claims.envelope.tenant;
  const auto body = Body::read(request.http, {"code"});
  if (!body) return body.error();
  const auto code = body->text("code");
  if (!code) return code.error();
  const auto status = confirm_cross_device(services, *token, *code, scope.call);
  if (!status) return status.error();
  return json_answer(status_text(*status));
}

}  // namespace masterkey2
