#include "fcgi/handlers/cross_device_phone.hpp"

#include <utility>

#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "fcgi/request_checks.hpp"
#include "service/cross_device_phone.hpp"

namespace masterkey2 {
namespace {

/// The QR code whose id the body holds.
ApiResult<OpenedToken<QrClaims>> read_code(Services& services, const RouteRequest& request,
                                           CallScope& scope) {
  const auto body = Body::read(request.http, {"id"});
  if (!body) return body.error();
  const auto id = body->text("id");
  if (!id) return id.error();
  auto code = open_qr_code(services, *id);
  if (code) scope.call.tenant = code->claims.envelope.tenant;
  return code;
}

/// The phone token, which is a token like any other to the limits.
ApiResult<OpenedToken<PhoneClaims>> read_phone_token(Services& services,
                                                     const RouteRequest& request,
                                                     CallScope& scope) {
  const auto text = read_bearer(request.http);
  if (!text) return text.error();
  if (auto good = within_limit(services, LimitKind::kToken, as_bytes(*text)); !good) {
    return good.error();
  }
  auto token = open_phone_token(services, *text);
  if (token) scope.call.tenant = token->claims.ceremony.envelope.tenant;
  return token;
}

}  // namespace

ApiResult<HttpResponse> post_cross_device_show(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto code = read_code(services, request, scope);
  if (!code) return code.error();
  const auto shown = show_cross_device(services, *code, scope.call);
  if (!shown) return shown.error();
  return json_answer({{"name", shown->name},
                      {"rp_id", shown->rp_id},
                      {"browser", browser_name(shown->computer.browser)},
                      {"system", system_name(shown->computer.system)},
                      {"age", shown->age},
                      {"expires_in", shown->expires_in}});
}

ApiResult<HttpResponse> post_cross_device_claim(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto code = read_code(services, request, scope);
  if (!code) return code.error();
  const auto claimed = claim_cross_device(services, *code, scope.call);
  if (!claimed) return claimed.error();
  JsonObjectText answer;
  answer.text("phone_token", claimed->phone_token)
      .json("publicKey", claimed->public_key)
      .number("expires_in", claimed->expires_in);
  return json_answer(std::move(answer));
}

ApiResult<HttpResponse> post_cross_device_finish(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto token = read_phone_token(services, request, scope);
  if (!token) return token.error();
  auto body = Body::read(request.http, {"credential"});
  if (!body) return body.error();
  auto credential = body->take_object("credential");
  if (!credential) return credential.error();
  const auto finished = finish_cross_device(services, *token, *credential, scope.call);
  if (!finished) return finished.error();
  return json_answer(
      {{"code", finished->code}, {"rp_id", finished->rp_id}, {"expires_in", finished->expires_in}});
}

ApiResult<HttpResponse> post_cross_device_deny(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto answer = [](const ApiResult<CrossDeviceState>& state) -> ApiResult<HttpResponse> {
    if (!state) return state.error();
    return json_answer({{"state", state_word(*state)}});
  };
  if (request.http.header("authorization") == nullptr) {
    const auto code = read_code(services, request, scope);
    if (!code) return code.error();
    return answer(deny_cross_device(services, *code, scope.call));
  }
  const auto token = read_phone_token(services, request, scope);
  if (!token) return token.error();
  if (const auto body = Body::read(request.http, {}); !body) return body.error();
  return answer(deny_cross_device(services, *token, scope.call));
}

}  // namespace masterkey2
