// masterkey2ctl tenant key …
#include <algorithm>

#include "crypto/random.hpp"
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/key_view.hpp"
#include "ctl/tenant_listing.hpp"
#include "ctl/text_columns.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "encoding/time_text.hpp"
#include "service/operator_service.hpp"

namespace masterkey2::ctl {
namespace {

Result<std::vector<ApiKey>, CommandError> keys_of(Storage& storage, const Tenant& tenant) {
  auto keys = storage.list_api_keys(tenant.id, system_clock().now());
  if (!keys) return storage_failure(keys.error());
  return std::move(*keys);
}

CommandResult list(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  const auto keys = keys_of(access->storage(), *tenant);
  if (!keys) return keys.error();
  Json json = Json::array();
  std::vector<std::vector<std::string>> rows = {
      {"ID", "PREFIX", "SCOPES", "CREATED", "EXPIRES", "NAME"}};
  for (const ApiKey& key : *keys) {
    json.push_back(key_json(key));
    rows.push_back({base64url_encode(key.id.view()), key.prefix, scopes_text(key.scopes),
                    rfc3339_text(key.created_at),
                    key.expires_at == 0 ? "" : rfc3339_text(key.expires_at), key.name});
  }
  return Report{Json{{"api_keys", std::move(json)}}.dump(),
                keys->empty() ? "The tenant has no key.\n" : text_columns(rows)};
}

CommandResult add(const Arguments& arguments) {
  std::uint32_t scopes = kAllKeyScopes;
  if (arguments.has("scope")) {
    const auto parsed = parse_scopes(arguments.values("scope"));
    if (!parsed) return CommandError{EX_USAGE, "a scope is `sign-in`, `manage` or `audit`"};
    scopes = *parsed;
  }
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  OperatorSession session(access->storage(), system_random(), system_clock());
  const auto added = session.add_api_key(tenant->id, arguments.value("name"), scopes);
  if (!added) return CommandError{EX_DATAERR, added.error()};
  Json json = {{"key", key_json(added->key)}, {"api_key", added->text}};
  return Report{json.dump(),
                "API key (shown this once; for the site's server alone):\n" + added->text + "\n"};
}

CommandResult revoke(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  const auto keys = keys_of(access->storage(), *tenant);
  if (!keys) return keys.error();
  const std::string wanted = arguments.value("key");
  std::vector<ApiKey> found;
  for (const ApiKey& key : *keys) {
    if (key.prefix == wanted || base64url_encode(key.id.view()) == wanted) found.push_back(key);
  }
  if (found.empty()) {
    return CommandError{EX_DATAERR, "the tenant has no key `" + wanted +
                                        "`: `masterkey2ctl tenant key list` shows all"};
  }
  if (found.size() > 1) return CommandError{EX_DATAERR, "several keys begin so: take an id"};
  OperatorSession session(access->storage(), system_random(), system_clock());
  if (const auto done = session.revoke_api_key(tenant->id, found.front()); !done) {
    return CommandError{EX_DATAERR, done.error()};
  }
  return Report{Json{{"revoked", base64url_encode(found.front().id.view())}}.dump(),
                "Key " + found.front().prefix + "… is dead.\n"};
}

}  // namespace

std::vector<Command> tenant_key_commands() {
  return {
      {.noun = "tenant",
       .verb = "key list",
       .operand = "ID|NAME",
       .summary = "List a tenant's API keys",
       .options = {},
       .run = list},
      {.noun = "tenant",
       .verb = "key add",
       .operand = "ID|NAME",
       .summary = "Give a tenant another API key and print it, once",
       .options = {{.name = "name", .value = "NAME", .help = "for people, up to 256 bytes"},
                   {.name = "scope",
                    .value = "SCOPE",
                    .help = "sign-in, manage, audit; without it all three",
                    .list = true}},
       .run = add},
      {.noun = "tenant",
       .verb = "key revoke",
       .operand = "ID|NAME",
       .summary = "Kill an API key, with the user tokens that it made",
       .options = {{.name = "key",
                    .value = "PREFIX|ID",
                    .help = "as `tenant key list` shows it",
                    .required = true}},
       .run = revoke},
  };
}

}  // namespace masterkey2::ctl
