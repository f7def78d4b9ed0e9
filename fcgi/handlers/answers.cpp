#include "fcgi/handlers/answers.hpp"

#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/public_key_jwk.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kUsualHeaders = 3;  // this one, and two that the router adds

HttpResponse answer(std::string body) {
  HttpResponse response;
  response.headers.reserve(kUsualHeaders);
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

}  // namespace

HttpResponse json_answer(const Json& body) { return answer(text_of(body)); }
HttpResponse json_answer(JsonObjectText&& body) { return answer(std::move(body).take()); }

std::string text_of(const Json& json) {
  // Stored text was checked when it came in; a broken row must not become an exception.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

JsonObjectText user_text(const UserAccount& user) {
  JsonObjectText text;
  text.bytes("id", user.handle.view())
      .text("external_id", user.external_id)
      .text_if("display_name", user.display_name);
  return text;
}

Json credential_json(const CredentialRecord& credential, const ProviderNames& providers) {
  Json json = {
      {"credential_id", base64url_encode(credential.id)},
      {"name", credential.name},
      {"created_at", rfc3339_text(credential.created_at)},
      {"aaguid", webauthn::aaguid_text(credential.aaguid)},
      {"transports", credential.transports},
      {"backup_eligible", credential.backup_eligible},
      {"backup_state", credential.backup_state},
      {"sign_count", credential.sign_count},
  };
  json["last_used_at"] =
      credential.last_used_at == 0 ? Json(nullptr) : Json(rfc3339_text(credential.last_used_at));
  if (auto name = providers.find(credential.aaguid)) json["provider_name"] = *std::move(name);
  auto jwk = webauthn::public_key_jwk(credential.public_key);
  json["public_key"] = jwk ? *std::move(jwk) : Json(nullptr);
  return json;
}

}  // namespace masterkey2
