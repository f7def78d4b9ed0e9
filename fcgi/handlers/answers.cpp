#include "fcgi/handlers/answers.hpp"

#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "webauthn/public_key_jwk.hpp"

namespace masterkey2 {
namespace {

/// `08987058-cadc-4b81-b6e1-30de50dcbe96` (RFC 9562 §4).
std::string uuid_text(const Aaguid& aaguid) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < aaguid.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[aaguid.bytes[i] >> 4];
    text += kDigits[aaguid.bytes[i] & 0x0f];
  }
  return text;
}

}  // namespace

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

Json credential_json(const CredentialRecord& credential) {
  Json json = {
      {"credential_id", base64url_encode(credential.id)},
      {"name", credential.name},
      {"created_at", rfc3339_text(credential.created_at)},
      {"aaguid", uuid_text(credential.aaguid)},
      {"transports", credential.transports},
      {"backup_eligible", credential.backup_eligible},
      {"backup_state", credential.backup_state},
      {"sign_count", credential.sign_count},
  };
  json["last_used_at"] =
      credential.last_used_at == 0 ? Json(nullptr) : Json(rfc3339_text(credential.last_used_at));
  auto jwk = webauthn::public_key_jwk(credential.public_key);
  json["public_key"] = jwk ? *std::move(jwk) : Json(nullptr);
  return json;
}

}  // namespace masterkey2
