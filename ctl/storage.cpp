// masterkey2ctl storage …
#include "crypto/random.hpp"
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/storage_transfer.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "service/clock.hpp"

namespace masterkey2::ctl {
namespace {

/// Makes the key ring, or takes the one that is there; `made` says which.
std::optional<CommandError> ensure_key_ring(const std::string& path, bool& made) {
  if (const auto ring = read_key_ring(path)) return std::nullopt;
  const KeyRing fresh = KeyRing::generate(system_random(), system_clock().now());
  const auto written = write_key_ring(path, fresh, /*exclusive=*/true);
  made = written.has_value();
  if (made) return std::nullopt;
  // It exists and cannot be read, or another run was faster: then reading says which.
  if (const auto ring = read_key_ring(path); !ring) {
    return CommandError{EX_CANTCREAT, written.error().detail + "; " + ring.error().detail};
  }
  return std::nullopt;
}

CommandResult report(const Installation& installation, const Config& config, bool made_ring,
                     bool made_store) {
  const auto word = [](bool made) { return made ? "made" : "kept"; };
  const Json json = {{"installation", base64url_encode(installation.id.view())},
                     {"epoch", installation.epoch},
                     {"store", word(made_store)},
                     {"key_ring", word(made_ring)}};
  std::string text = made_store ? "The store is ready (" + config.storage.plugin + ").\n"
                                : "There is a store already; it is left as it is.\n";
  text += made_ring ? "New key ring: " + config.keyring + ". Keep a copy apart from the store's.\n"
                    : "Key ring: " + config.keyring + "\n";
  return Report{json.dump(), text};
}

CommandResult init(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  bool made_ring = false;
  const auto existing = access->storage().read_installation();
  if (existing) {
    // A new key ring could open nothing that this store holds.
    if (const auto ring = access->key_ring(); !ring) {
      return CommandError{EX_NOINPUT,
                          "there is a store, but not its key ring: bring it back from a "
                          "copy (" +
                              ring.error().sentence + ")"};
    }
    return report(*existing, access->config(), false, false);
  }
  if (existing.error().code != StorageErrorCode::kNotInitialized) {
    return storage_failure(existing.error());
  }
  if (const auto error = ensure_key_ring(access->config().keyring, made_ring)) return *error;

  Installation fresh;
  fresh.id = system_random().identifier<Digest>();
  fresh.created_at = system_clock().now();
  const auto outcome = access->storage().initialize(fresh);
  if (!outcome) return storage_failure(outcome.error());
  const auto stored = access->storage().read_installation();
  if (!stored) return storage_failure(stored.error());
  return report(*stored, access->config(), made_ring, *outcome == Outcome::kDone);
}

}  // namespace

std::vector<Command> storage_commands() {
  return {{.noun = "storage",
           .verb = "init",
           .operand = "",
           .summary = "Make an empty store and its key ring; an existing store stays as it is",
           .options = {},
           .run = init},
          {.noun = "storage",
           .verb = "check",
           .operand = "",
           .summary = "Read the whole store and name everything that is wrong with it",
           .options = {},
           .run = check_storage},
          {.noun = "storage",
           .verb = "export",
           .operand = "FILE",
           .summary = "Write the whole store to a file of checksummed JSON lines; - is stdout",
           .options = {},
           .run = export_storage},
          {.noun = "storage",
           .verb = "import",
           .operand = "FILE",
           .summary = "Make a new store from an export of any backend; - is stdin",
           .options = {},
           .run = import_storage},
          {.noun = "storage",
           .verb = "migrate",
           .operand = "",
           .summary = "Lead a store of an older format or schema to the newest",
           .options = {},
           .run = migrate_storage}};
}

}  // namespace masterkey2::ctl
