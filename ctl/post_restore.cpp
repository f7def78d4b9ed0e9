// masterkey2ctl storage post-restore
#include "crypto/random.hpp"
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/tenant_listing.hpp"
#include "encoding/json.hpp"
#include "service/clock.hpp"
#include "service/operator_audit.hpp"
#include "service/rollback_guard.hpp"

namespace masterkey2::ctl {
namespace {

/// One entry in each tenant's log: what came between the copy and now is gone from it.
std::optional<CommandError> note_restore(Storage& storage) {
  const auto tenants = all_tenants(storage);
  if (!tenants) return tenants.error();
  OperatorAudit audit(storage, system_random(), system_clock());
  for (const Tenant& tenant : *tenants) {
    AuditDraft draft = audit.draft(tenant.id, "storage.restored");
    if (const auto stored = storage.append_audit({draft.entry()}); !stored) {
      return storage_failure(stored.error());
    }
    draft.stored();
  }
  return std::nullopt;
}

CommandResult post_restore(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const std::string anchor = storage_anchor_path(access->config().keyring);
  const auto epoch = accept_restored_storage(access->storage(), anchor, system_clock().now());
  if (!epoch) return CommandError{EX_IOERR, epoch.error()};
  if (const auto error = note_restore(access->storage())) return *error;
  return Report{Json{{"epoch", *epoch}}.dump(),
                "The storage is taken as restored (epoch " + std::to_string(*epoch) +
                    "). All tokens from before are dead; API keys and passkeys are what the copy "
                    "holds.\n"};
}

}  // namespace

std::vector<Command> post_restore_commands() {
  return {{.noun = "storage",
           .verb = "post-restore",
           .operand = "",
           .summary = "After restoring a copy: kill all tokens from before, serve again",
           .options = {},
           .run = post_restore}};
}

}  // namespace masterkey2::ctl
