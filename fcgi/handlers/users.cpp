#include "fcgi/handlers/users.hpp"

#include <utility>
#include <vector>

#include "encoding/time_text.hpp"
#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "fcgi/handlers/query.hpp"
#include "service/user_service.hpp"

namespace masterkey2 {
namespace {

JsonObjectText managed_user_text(const UserAccount& user) {
  JsonObjectText text = user_text(user);
  text.text_if("username", user.username)
      .truth("disabled", !user.enabled)
      .text("created_at", rfc3339_text(user.created_at));
  return text;
}

HttpResponse user_answer(const UserAccount& user) {
  JsonObjectText answer;
  answer.object("user", managed_user_text(user));
  return json_answer(std::move(answer));
}

ApiResult<HttpResponse> set_enabled(Services& services, RouteRequest& request, bool enabled) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto user =
      set_user_enabled(services, *access, request.path_values.at(0), enabled, scope.call);
  if (!user) return user.error();
  return user_answer(*user);
}

}  // namespace

ApiResult<HttpResponse> get_users(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto query = read_query(request.query, {"limit", "cursor"});
  if (!query) return query.error();
  const auto limit = read_limit(*query);
  if (!limit) return limit.error();
  const auto list = list_users(services, *access, *limit, find_value(*query, "cursor"));
  if (!list) return list.error();
  std::vector<JsonObjectText> users;
  for (const UserAccount& user : list->users) users.push_back(managed_user_text(user));
  JsonObjectText answer;
  answer.objects("users", std::move(users)).text_if("next_cursor", list->next_cursor);
  return json_answer(std::move(answer));
}

ApiResult<HttpResponse> get_user(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto view = find_user(services, *access, request.path_values.at(0), false);
  if (!view) return view.error();
  return user_answer(*view->user);
}

ApiResult<HttpResponse> post_disable_user(Services& services, RouteRequest& request) {
  return set_enabled(services, request, false);
}

ApiResult<HttpResponse> post_enable_user(Services& services, RouteRequest& request) {
  return set_enabled(services, request, true);
}

ApiResult<HttpResponse> delete_user(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto done = erase_user(services, *access, request.path_values.at(0), scope.call);
  if (!done) return done.error();
  return json_answer({{"deleted", true}});
}

}  // namespace masterkey2
