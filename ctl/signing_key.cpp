// masterkey2ctl tenant signing-key …
#include "crypto/random.hpp"
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/tenant_listing.hpp"
#include "ctl/tenant_view.hpp"
#include "encoding/json.hpp"
#include "service/signing_key_rotation.hpp"

namespace masterkey2::ctl {
namespace {

CommandResult report_of(const Result<Tenant, std::string>& changed, const std::string& next) {
  if (!changed) return CommandError{EX_DATAERR, changed.error()};
  const Json keys = tenant_json(*changed, {})["signing_keys"];
  std::string text;
  for (const Json& key : keys) {
    text += key["id"].get<std::string>() + " (" + key["state"].get<std::string>() + ")\n";
  }
  return Report{Json{{"signing_keys", keys}}.dump(), text + next};
}

/// Runs `change` on the tenant that was named.
template <class Change>
CommandResult with_tenant(const Arguments& arguments, const std::string& next, Change&& change) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  OperatorSession session(access->storage(), system_random(), system_clock());
  return report_of(change(*access, session, *tenant, system_clock().now()), next);
}

CommandResult add(const Arguments& arguments) {
  return with_tenant(
      arguments,
      "\nThe new key is in the key set. In 10 minutes or later: tenant signing-key activate.\n",
      [](const InstallationAccess& access, OperatorSession& session, const Tenant& tenant,
         UnixMillis now) -> Result<Tenant, std::string> {
        const auto ring = access.key_ring();
        if (!ring) return ring.error().sentence;
        return add_signing_key(session, tenant, *ring, system_random(), now);
      });
}

CommandResult activate(const Arguments& arguments) {
  return with_tenant(arguments,
                     "\nThe key signs from its tenth minute in the key set on. Retire the former "
                     "one after that.\n",
                     [&](const InstallationAccess&, OperatorSession& session, const Tenant& tenant,
                         UnixMillis now) {
                       return activate_signing_key(session, tenant, arguments.value("key"), now);
                     });
}

CommandResult retire(const Arguments& arguments) {
  return with_tenant(arguments, "",
                     [&](const InstallationAccess&, OperatorSession& session, const Tenant& tenant,
                         UnixMillis now) {
                       return retire_signing_key(session, tenant, arguments.value("key"), now);
                     });
}

}  // namespace

std::vector<Command> signing_key_commands() {
  const OptionSpec key = {
      .name = "key", .value = "ID", .help = "as `tenant show` shows it", .required = true};
  return {
      {.noun = "tenant",
       .verb = "signing-key add",
       .operand = "ID|NAME",
       .summary = "Make the next key for a tenant's assertions and publish it",
       .options = {},
       .run = add},
      {.noun = "tenant",
       .verb = "signing-key activate",
       .operand = "ID|NAME",
       .summary = "Let a published key sign the tenant's assertions",
       .options = {key},
       .run = activate},
      {.noun = "tenant",
       .verb = "signing-key retire",
       .operand = "ID|NAME",
       .summary = "Remove a key that signs no more",
       .options = {key},
       .run = retire},
  };
}

}  // namespace masterkey2::ctl
