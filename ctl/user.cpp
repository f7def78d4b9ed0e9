// masterkey2ctl user …
#include <iterator>

#include "crypto/random.hpp"
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/tenant_listing.hpp"
#include "ctl/text_columns.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "encoding/time_text.hpp"
#include "service/operator_service.hpp"

namespace masterkey2::ctl {
namespace {

constexpr std::uint32_t kPageSize = 1'000;

Json user_json(const UserAccount& user) {
  return {{"id", base64url_encode(user.handle.view())},
          {"external_id", user.external_id},
          {"display_name", user.display_name},
          {"username", user.username},
          {"disabled", !user.enabled},
          {"created_at", rfc3339_text(user.created_at)}};
}

Json passkey_json(const CredentialRecord& passkey) {
  return {{"credential_id", base64url_encode(passkey.id)},
          {"name", passkey.name},
          {"algorithm", passkey.algorithm},
          {"backup_eligible", passkey.backup_eligible},
          {"backup_state", passkey.backup_state},
          {"sign_count", passkey.sign_count},
          {"counter_suspect", passkey.counter_suspect},
          {"created_at", rfc3339_text(passkey.created_at)},
          {"last_used_at",
           passkey.last_used_at == 0 ? Json() : Json(rfc3339_text(passkey.last_used_at))}};
}

CommandResult list(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.value("tenant"));
  if (!tenant) return tenant.error();
  Json users = Json::array();
  std::vector<std::vector<std::string>> rows = {
      {"EXTERNAL ID", "ENABLED", "CREATED", "DISPLAY NAME"}};
  PageRequest request{.after = {}, .limit = kPageSize};
  for (;;) {
    auto page = access->storage().list_users(tenant->id, request);
    if (!page) return storage_failure(page.error());
    for (const UserAccount& user : page->items) {
      users.push_back(user_json(user));
      rows.push_back({user.external_id, user.enabled ? "yes" : "no", rfc3339_text(user.created_at),
                      user.display_name});
    }
    if (page->next.empty()) break;
    request.after = std::move(page->next);
  }
  const bool none = users.empty();
  return Report{Json{{"users", std::move(users)}}.dump(),
                none ? "The tenant has no user yet.\n" : text_columns(rows)};
}

CommandResult show(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.value("tenant"));
  if (!tenant) return tenant.error();
  const std::string& external_id = arguments.operands.front();
  const auto view = access->storage().find_user(tenant->id, external_id, true);
  if (!view) return storage_failure(view.error());
  if (!view->user) return CommandError{EX_DATAERR, "there is no user `" + external_id + "`"};
  Json passkeys = Json::array();
  std::vector<std::vector<std::string>> rows = {{"external_id", view->user->external_id},
                                                {"id", base64url_encode(view->user->handle.view())},
                                                {"display name", view->user->display_name},
                                                {"username", view->user->username},
                                                {"enabled", view->user->enabled ? "yes" : "no"},
                                                {"created", rfc3339_text(view->user->created_at)}};
  for (const CredentialRecord& passkey : view->credentials) {
    passkeys.push_back(passkey_json(passkey));
    rows.push_back({"passkey", base64url_encode(passkey.id) + " " + passkey.name +
                                   (passkey.counter_suspect ? " (its counter once fell)" : "")});
  }
  Json json = {{"user", user_json(*view->user)}, {"passkeys", std::move(passkeys)}};
  return Report{json.dump(), text_columns(rows)};
}

CommandResult set_enabled(const Arguments& arguments, bool enabled) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.value("tenant"));
  if (!tenant) return tenant.error();
  OperatorSession session(access->storage(), system_random(), system_clock());
  const auto user = session.set_user_enabled(tenant->id, arguments.operands.front(), enabled);
  if (!user) return CommandError{EX_DATAERR, user.error()};
  return Report{
      Json{{"user", user_json(*user)}}.dump(),
      "User `" + user->external_id + "` is " + (enabled ? "enabled" : "disabled") + ".\n"};
}

CommandResult disable(const Arguments& arguments) { return set_enabled(arguments, false); }
CommandResult enable(const Arguments& arguments) { return set_enabled(arguments, true); }

CommandResult erase(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.value("tenant"));
  if (!tenant) return tenant.error();
  const std::string& external_id = arguments.operands.front();
  OperatorSession session(access->storage(), system_random(), system_clock());
  if (const auto done = session.erase_user(tenant->id, external_id); !done) {
    return CommandError{EX_DATAERR, done.error()};
  }
  return Report{Json{{"deleted", external_id}}.dump(),
                "User `" + external_id + "` is deleted with all passkeys.\n"};
}

}  // namespace

std::vector<Command> user_commands() {
  const OptionSpec tenant = {
      .name = "tenant", .value = "ID|NAME", .help = "whose user", .required = true};
  return {
      {.noun = "user",
       .verb = "list",
       .operand = "",
       .summary = "List a tenant's users",
       .options = {tenant},
       .run = list},
      {.noun = "user",
       .verb = "show",
       .operand = "EXTERNAL_ID",
       .summary = "Show a user with all passkeys",
       .options = {tenant},
       .run = show},
      {.noun = "user",
       .verb = "disable",
       .operand = "EXTERNAL_ID",
       .summary = "Let a user sign in no more",
       .options = {tenant},
       .run = disable},
      {.noun = "user",
       .verb = "enable",
       .operand = "EXTERNAL_ID",
       .summary = "Let a user sign in again",
       .options = {tenant},
       .run = enable},
      {.noun = "user",
       .verb = "delete",
       .operand = "EXTERNAL_ID",
       .summary = "Delete a user with all passkeys",
       .options = {tenant},
       .run = erase},
  };
}

}  // namespace masterkey2::ctl
