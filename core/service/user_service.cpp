#include "service/user_service.hpp"

#include <utility>

#include "service/cursor.hpp"
#include "service/management.hpp"
#include "service/text_rules.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint32_t kDefaultLimit = 50;
constexpr std::uint32_t kMaxLimit = 200;
constexpr std::string_view kUserList = "users";

}  // namespace

ApiResult<UserList> list_users(Services& services, const ApiKeyAccess& access,
                               std::optional<std::uint32_t> limit,
                               const std::optional<std::string>& cursor) {
  PageRequest page;
  page.limit = limit.value_or(kDefaultLimit);
  if (page.limit < 1 || page.limit > kMaxLimit) {
    return invalid_request("", "a limit from 1 to 200");
  }
  if (cursor) {
    auto after = open_cursor(services, access.key.tenant, kUserList, *cursor);
    if (!after) return invalid_request("", "a cursor that this list answered");
    page.after = *std::move(after);
  }
  auto read = services.storage.list_users(access.key.tenant, page);
  if (!read) return storage_failure(read.error());
  UserList list{std::move(read->items), {}};
  if (!read->next.empty()) {
    list.next_cursor = seal_cursor(services, access.key.tenant, kUserList, read->next);
  }
  return list;
}

ApiResult<UserView> find_user(Services& services, const ApiKeyAccess& access,
                              std::string_view external_id, bool with_credentials) {
  if (!is_external_id(external_id)) return failure(ErrorCode::kInvalidExternalId);
  auto view = services.storage.find_user(access.key.tenant, external_id, with_credentials);
  if (!view) return storage_failure(view.error());
  if (!view->user) return failure(ErrorCode::kUserNotFound);
  return std::move(view).value();
}

ApiResult<UserAccount> set_user_enabled(Services& services, const ApiKeyAccess& access,
                                        std::string_view external_id, bool enabled,
                                        const Call& call) {
  auto view = find_user(services, access, external_id, false);
  if (!view) return view.error();
  UserAccount& user = *view->user;
  if (user.enabled != enabled) {
    AuditDraft audit =
        management_audit(services, access, call, enabled ? "user.enabled" : "user.disabled", &user);
    const auto done = run_management(services, access, audit, [&] {
      return services.storage.set_user_enabled(management_guard(services, access), external_id,
                                               enabled, audit.entry());
    });
    if (!done) return done.error();
    audit.maybe_stored();  // another call may have come first
    user.enabled = enabled;
  }
  return std::move(user);
}

ApiResult<void> erase_user(Services& services, const ApiKeyAccess& access,
                           std::string_view external_id, const Call& call) {
  const auto view = find_user(services, access, external_id, false);
  if (!view) return view.error();
  AuditDraft audit = management_audit(services, access, call, "user.deleted", &*view->user);
  return run_management(services, access, audit, [&] {
    return services.storage.erase_user(management_guard(services, access), external_id,
                                       audit.entry());
  });
}

}  // namespace masterkey2
