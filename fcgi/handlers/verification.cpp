#include "fcgi/handlers/verification.hpp"

#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "service/assertion.hpp"
#include "service/verification_service.hpp"

namespace masterkey2 {
namespace {

JsonObjectText auth_text(const SignIn& sign_in) {
  JsonObjectText text;
  text.text("auth_time", rfc3339_text(sign_in.at))
      .bytes("credential_id", sign_in.credential_id)
      .truth("user_verified", user_verified(sign_in))
      .truth("backup_eligible", backup_eligible(sign_in))
      .truth("backup_state", backup_state(sign_in))
      .number("sign_count", sign_in.sign_count)
      .text("channel", channel_word(sign_in.channel))
      // A code that a person carries from one device to the other can be asked for by a liar.
      .truth("phishing_resistant", sign_in.channel == Channel::kDirect);
  return text;
}

JsonObjectText proof_text(const SignIn& sign_in) {
  const SignInProof& proof = *sign_in.proof;
  JsonObjectText text;
  text.bytes("authenticator_data", proof.authenticator_data)
      .bytes("client_data_json", proof.client_data_json)
      .bytes("signature", proof.signature)
      .bytes("credential_id", sign_in.credential_id)
      .number("alg", proof.algorithm)
      .text_if("challenge_salt", base64url_encode(proof.challenge_salt));
  return text;
}

ApiResult<HttpResponse> verdict_answer(Services& services, const ApiKeyAccess& access,
                                       RouteRequest& request, const Call& call) {
  const auto body = Body::read(request.http, {"token", "nonce", "binding"});
  if (!body) return body.error();
  auto token = body->text("token");
  if (!token) return token.error();
  auto nonce = body->optional_text("nonce");
  if (!nonce) return nonce.error();
  auto binding = body->optional_text("binding");
  if (!binding) return binding.error();
  std::optional<std::string> idempotency_key;
  if (const std::string* header = request.http.header("idempotency-key")) {
    idempotency_key = *header;
  }

  const auto verdict = verify_auth(services, access,
                                   {.token = std::move(token).value(),
                                    .nonce = std::move(nonce).value(),
                                    .binding = std::move(binding).value(),
                                    .idempotency_key = std::move(idempotency_key),
                                    .body = request.http.body},
                                   call);
  if (!verdict) return verdict.error();
  JsonObjectText answer;
  answer.truth("verified", verdict->verified.has_value());
  if (!verdict->verified) {
    request.log.code = verdict->code;
    answer.text("code", verdict->code);
    return json_answer(std::move(answer));
  }
  const VerifiedAuth& verified = *verdict->verified;
  answer.object("user", user_text(verified.user))
      .text("assertion", verified.assertion)
      .object("auth", auth_text(verified.sign_in));
  if (verified.sign_in.proof) answer.object("proof", proof_text(verified.sign_in));
  return json_answer(std::move(answer));
}

}  // namespace

ApiResult<HttpResponse> post_verify_auth(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto key = admit_known_api_key(services, request.api_key, KeyScope::kSignIn, scope.call);
  if (!key) return key.error();
  auto answer = verdict_answer(services, key->access, request, scope.call);
  // What storage could not answer it is not asked again: the caller has waited long enough.
  if (!answer && key->was_known && error_status(answer.error().code) < 500) {
    const auto good = confirm_api_key(services, request.api_key, scope.call);
    if (!good) return good.error();
  }
  return answer;
}

}  // namespace masterkey2
