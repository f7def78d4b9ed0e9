// masterkey2ctl tenant …
#include "crypto/random.hpp"
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/tenant_listing.hpp"
#include "ctl/tenant_view.hpp"
#include "ctl/text_columns.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2::ctl {
namespace {

Result<TenantSettings, CommandError> settings_from(const std::vector<std::string>& assignments) {
  TenantSettings settings;
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

CommandResult create(const Arguments& arguments) {
  auto settings = settings_from(arguments.values("set"));
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

  Json json = {{"tenant", tenant_json(created->tenant, {})}, {"api_key", created->api_key}};
  std::string text = "Tenant made.\n\n" + tenant_text(created->tenant, {}) +
                     "\nAPI key (shown this once; for the site's server alone):\n" +
                     created->api_key + "\n";
  return Report{json.dump(), text};
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
  const auto keys = access->storage().list_api_keys(tenant->id, system_clock().now());
  if (!keys) return storage_failure(keys.error());
  return Report{tenant_json(*tenant, *keys).dump(), tenant_text(*tenant, *keys)};
}

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
  };
}

}  // namespace masterkey2::ctl
