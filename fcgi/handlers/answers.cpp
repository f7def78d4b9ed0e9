#include "fcgi/handlers/answers.hpp"

#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/public_key_jwk.hpp"

namespace masterkey2 {
HttpResponse json_answer(const Json& body) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "application/json");
  // Stored text was checked when it came in; a broken row must not become an exception.
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Json user_json(const UserAccount& user) {
  Json json = {{"id", base64url_encode(user.handle.view())}, {"external_id", user.external_id}};
  if (!user.display_name.empty()) json["display_name"] = user.display_name;
  return json;
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
