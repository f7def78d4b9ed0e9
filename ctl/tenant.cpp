// masterkey2ctl tenant …
#include "crypto/random.hpp"
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/tenant_listing.hpp"
#include "ctl/tenant_view.hpp"
#include "ctl/text_columns.hpp"
#include "service/operator_service.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2::ctl {
namespace {

/// `settings` with the KEY=VALUE texts applied.
Result<TenantSettings, CommandError> with_assignments(TenantSettings settings,
                                                      const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) {
      return CommandError{EX_USAGE, "`--set " + assignment + "` has no `=`: write KEY=VALUE"};
    }
    const std::string key = assignment.substr(0, equals);
    if (key == "origins") return CommandError{EX_USAGE, "origins are given by `--origin`"};
    if (const auto set = set_tenant_setting(settings, key, assignment.substr(equals + 1)); !set) {
      return CommandError{EX_DATAERR, set.error()};
    }
  }
  return settings;
}

CommandResult report_of(Storage& storage, const Tenant& tenant) {
  const auto keys = storage.list_api_keys(tenant.id, system_clock().now());
  if (!keys) return storage_failure(keys.error());
  return Report{tenant_json(tenant, *keys).dump(), tenant_text(tenant, *keys)};
}

CommandResult create(const Arguments& arguments) {
  auto settings = with_assignments({}, arguments.values("set"));
  if (!settings) return settings.error();
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto ring = access->key_ring();
  if (!ring) return ring.error();
  const CreateTenant request{.name = arguments.value("name"),
                             .rp_id = arguments.value("rp-id"),
                             .origins = arguments.values("origin"),
                             .settings = std::move(*settings)};
  const auto created = create_tenant(request, access->storage(), *ring, system_random(),
                                     system_clock(), access->config().base_url);
  if (!created) return CommandError{EX_DATAERR, created.error()};

  Json json = {{"tenant", tenant_json(created->tenant, {created->key})},
               {"api_key", created->api_key}};
  std::string text = "Tenant made.\n\n" + tenant_text(created->tenant, {created->key}) +
                     "\nAPI key (shown this once; for the site's server alone):\n" +
                     created->api_key + "\n";
  return Report{json.dump(), text};
}

CommandResult set(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  const auto current = decode_tenant_settings(tenant->settings);
  if (!current) return CommandError{EX_DATAERR, current.error()};
  auto settings = with_assignments(*current, arguments.values("set"));
  if (!settings) return settings.error();
  if (arguments.has("origin")) settings->origins = arguments.values("origin");
  const auto changed =
      change_tenant_settings(*tenant, std::move(*settings), access->storage(), system_random(),
                             system_clock(), access->config().base_url);
  if (!changed) return CommandError{EX_DATAERR, changed.error()};
  return report_of(access->storage(), *changed);
}

CommandResult list(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenants = all_tenants(access->storage());
  if (!tenants) return tenants.error();
  Json rows = Json::array();
  std::vector<std::vector<std::string>> text = {{"ID", "RP ID", "ENABLED", "NAME"}};
  for (const Tenant& tenant : *tenants) {
    rows.push_back({{"id", tenant_id_text(tenant.id)},
                    {"name", tenant.name},
                    {"rp_id", tenant.rp_id},
                    {"enabled", tenant.enabled}});
    text.push_back(
        {tenant_id_text(tenant.id), tenant.rp_id, tenant.enabled ? "yes" : "no", tenant.name});
  }
  return Report{Json{{"tenants", std::move(rows)}}.dump(),
                tenants->empty() ? "There is no tenant yet.\n" : text_columns(text)};
}

CommandResult show(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  return report_of(access->storage(), *tenant);
}

/// A tenant has its passkeys nowhere else.
CommandResult erase(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  if (arguments.value("rp-id") != tenant->rp_id) {
    return CommandError{EX_USAGE, "`--rp-id` is not the tenant's, which is `" + tenant->rp_id +
                                      "`: nothing was deleted"};
  }
  OperatorSession session(access->storage(), system_random(), system_clock());
  if (const auto done = session.erase_tenant(*tenant); !done) {
    return CommandError{EX_DATAERR, done.error()};
  }
  return Report{Json{{"deleted", tenant_id_text(tenant->id)}}.dump(),
                "Tenant " + tenant_id_text(tenant->id) + " is deleted.\n"};
}

CommandResult set_enabled(const Arguments& arguments, bool enabled) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  if (tenant->enabled != enabled) {
    tenant->enabled = enabled;
    OperatorSession session(access->storage(), system_random(), system_clock());
    tenant = [&]() -> Result<Tenant, CommandError> {
      auto changed = session.update_tenant(*tenant, enabled ? "tenant.enabled" : "tenant.disabled");
      if (!changed) return CommandError{EX_DATAERR, changed.error()};
      return std::move(*changed);
    }();
    if (!tenant) return tenant.error();
  }
  return report_of(access->storage(), *tenant);
}

CommandResult enable(const Arguments& arguments) { return set_enabled(arguments, true); }
CommandResult disable(const Arguments& arguments) { return set_enabled(arguments, false); }

}  // namespace

std::vector<Command> tenant_commands() {
  return {
      {.noun = "tenant",
       .verb = "create",
       .operand = "",
       .summary = "Make a tenant (one relying party) and print its API key, once",
       .options = {{.name = "name",
                    .value = "NAME",
                    .help = "for people, 1 to 256 bytes",
                    .required = true},
                   {.name = "rp-id",
                    .value = "DOMAIN",
                    .help = "what its passkeys are bound to, such as example.com",
                    .required = true},
                   {.name = "origin",
                    .value = "ORIGIN",
                    .help = "where its pages live, such as https://www.example.com",
                    .required = true,
                    .list = true},
                   {.name = "set",
                    .value = "KEY=VALUE",
                    .help = "a setting other than its default",
                    .list = true}},
       .run = create},
      {.noun = "tenant",
       .verb = "set",
       .operand = "ID|NAME",
       .summary = "Change a tenant's origins or settings",
       .options =
           {{.name = "origin",
             .value = "ORIGIN",
             .help = "all its origins from now on",
             .list = true},
            {.name = "set", .value = "KEY=VALUE", .help = "a setting to change", .list = true}},
       .run = set},
      {.noun = "tenant",
       .verb = "list",
       .operand = "",
       .summary = "List all tenants",
       .options = {},
       .run = list},
      {.noun = "tenant",
       .verb = "show",
       .operand = "ID|NAME",
       .summary = "Show a tenant with its settings and keys",
       .options = {},
       .run = show},
      {.noun = "tenant",
       .verb = "disable",
       .operand = "ID|NAME",
       .summary = "Refuse all calls of a tenant's keys and pages",
       .options = {},
       .run = disable},
      {.noun = "tenant",
       .verb = "enable",
       .operand = "ID|NAME",
       .summary = "Serve a tenant again",
       .options = {},
       .run = enable},
      {.noun = "tenant",
       .verb = "delete",
       .operand = "ID|NAME",
       .summary = "Delete a tenant with all users and passkeys; its audit log stays",
       .options = {{.name = "rp-id",
                    .value = "DOMAIN",
                    .help = "its RP ID once more: nothing brings it back",
                    .required = true}},
       .run = erase},
  };
}

}  // namespace masterkey2::ctl
