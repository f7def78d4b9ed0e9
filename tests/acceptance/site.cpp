#include "tests/acceptance/site.hpp"

#include <utility>

#include "encoding/base64url.hpp"
#include "support/virtual_authenticator.hpp"
#include "tests/acceptance/installation.hpp"
#include "webauthn/ceremony_policy.hpp"

namespace masterkey2::testing {
namespace {

Bytes decoded(const Json& text) {
  return base64url_decode(text.get_ref<const std::string&>()).value();
}

CgiParams browser(const std::string& token) {
  return {{"HTTP_AUTHORIZATION", "Bearer " + token}, {"HTTP_ORIGIN", kSiteOrigin}};
}

support::CeremonyAnswer answer_to(const Json& public_key, const std::string& rp_id) {
  support::CeremonyAnswer answer;
  answer.challenge = decoded(public_key.at("challenge"));
  answer.rp_id = rp_id;
  answer.origin = kSiteOrigin;
  return answer;
}

}  // namespace

std::string member(const Answer& answer, const std::string& name) {
  if (answer.status != 200) throw Refused(answer);
  return answer.body.at(name).get<std::string>();
}

Site::Site(const std::string& socket, std::string api_key)
    : connection_(socket), api_key_(std::move(api_key)) {}

Answer Site::call(const std::string& path, const CgiParams& headers, const std::string& body) {
  CgiParams all = headers;
  if (!body.empty()) all.emplace_back("CONTENT_TYPE", "application/json");
  FastcgiRequest request{cgi_params("POST", path, all, body), body, true};
  const auto answer = connection_.ask(request);
  if (!answer) throw ConnectionLost();
  return {answer->status, Json::parse(answer->body)};
}

Answer Site::session_token() {
  return call("/api/v1/session-token", {{"HTTP_X_API_KEY", api_key_}}, "");
}

Answer Site::user_token(const std::string& external_id) {
  return call("/api/v1/user-token", {{"HTTP_X_API_KEY", api_key_}},
              Json{{"external_id", external_id}}.dump());
}

Answer Site::begin_registration(const std::string& user_token) {
  return call("/api/v1/begin_registration", browser(user_token), "");
}

Answer Site::finish_registration(const std::string& user_token, const Json& body) {
  return call("/api/v1/finish_registration", browser(user_token), body.dump());
}

Answer Site::begin_authentication(const std::string& session_token) {
  return call("/api/v1/begin_authentication", browser(session_token), "");
}

Answer Site::finish_authentication(const std::string& session_token, const std::string& body) {
  return call("/api/v1/finish_authentication", browser(session_token), body);
}

Answer Site::verify(const std::string& token) {
  return call("/api/v1/verify-auth", {{"HTTP_X_API_KEY", api_key_}}, Json{{"token", token}}.dump());
}

std::pair<Passkey, Json> Site::sign_registration(const std::string& user_token) {
  const Answer begun = begin_registration(user_token);
  const std::string ceremony = member(begun, "ceremony");
  const Json& options = begun.body.at("publicKey");
  Passkey passkey{
      {},
      support::VirtualCredential::create(webauthn::kEs256, decoded(options.at("user").at("id")))};
  const Json response = support::make_registration_response(
      passkey.credential, answer_to(options, options.at("rp").at("id").get<std::string>()));
  return {std::move(passkey), Json{{"ceremony", ceremony}, {"credential", response}}};
}

Passkey Site::register_passkey(const std::string& external_id) {
  const std::string token = member(user_token(external_id), "user_token");
  auto [passkey, body] = sign_registration(token);
  const Answer finished = finish_registration(token, body);
  if (finished.status != 200) throw Refused(finished);
  passkey.external_id = external_id;
  return passkey;
}

std::string Site::sign(const std::string& session_token, const Passkey& passkey) {
  const Answer begun = begin_authentication(session_token);
  const std::string ceremony = member(begun, "ceremony");
  const Json& options = begun.body.at("publicKey");
  const Json response = support::make_authentication_response(
      passkey.credential, answer_to(options, options.at("rpId").get<std::string>()));
  return Json{{"ceremony", ceremony}, {"credential", response}}.dump();
}

}  // namespace masterkey2::testing
