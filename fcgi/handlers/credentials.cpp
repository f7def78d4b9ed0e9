#include "fcgi/handlers/credentials.hpp"

#include "encoding/base64url.hpp"
#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "service/credential_service.hpp"
#include "service/failure.hpp"
#include "service/user_service.hpp"

namespace masterkey2 {

ApiResult<HttpResponse> get_credentials(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto view = find_user(services, *access, request.path_values.at(0), true);
  if (!view) return view.error();
  Json credentials = Json::array();
  for (const CredentialRecord& record : view->credentials) {
    credentials.push_back(credential_json(record, services.provider_names));
  }
  return json_answer({{"credentials", std::move(credentials)}});
}

ApiResult<HttpResponse> patch_credential(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto body = Body::read(request.http, {"name"});
  if (!body) return body.error();
  const auto name = body->text("name");
  if (!name) return name.error();
  const auto id = base64url_decode(request.path_values.at(1));
  if (!id) return failure(ErrorCode::kCredentialNotFound);
  const auto renamed =
      rename_credential(services, *access, request.path_values.at(0), *id, *name, scope.call);
  if (!renamed) return renamed.error();
  return json_answer({{"credential", credential_json(*renamed, services.provider_names)}});
}

ApiResult<HttpResponse> delete_credential(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto id = base64url_decode(request.path_values.at(1));
  if (!id) return failure(ErrorCode::kCredentialNotFound);
  const auto done = erase_credential(services, *access, request.path_values.at(0), *id, scope.call);
  if (!done) return done.error();
  return json_answer({{"deleted", true}});
}

}  // namespace masterkey2
