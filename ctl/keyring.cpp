// masterkey2ctl keyring …
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "crypto/random.hpp"
#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/store_owner.hpp"
#include "ctl/tenant_listing.hpp"
#include "ctl/text_columns.hpp"
#include "encoding/json.hpp"
#include "encoding/time_text.hpp"
#include "service/clock.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2::ctl {
namespace {

/// Holds the key ring's folder locked, so that of two changes at once none is lost.
class FolderLock {
 public:
  explicit FolderLock(const std::string& key_ring) {
    auto folder = std::filesystem::path(key_ring).parent_path().string();
    if (folder.empty()) folder = ".";
    fd_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd_ >= 0 && !(held_ = ::flock(fd_, LOCK_EX) == 0) && errno == EINTR) {
    }
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] bool held() const { return held_; }

 private:
  int fd_ = -1;
  bool held_ = false;
};

Json ring_json(const KeyRing& ring) {
  Json keys = Json::array();
  for (const RingKey& key : ring.keys()) {
    keys.push_back({{"id", ring_key_id_text(key.id)},
                    {"state", ring_key_state_word(key.state)},
                    {"created_at", rfc3339_text(key.created_at)}});
  }
  return {{"keys", std::move(keys)}};
}

std::string ring_text(const KeyRing& ring) {
  std::vector<std::vector<std::string>> rows = {{"ID", "STATE", "CREATED"}};
  for (const RingKey& key : ring.keys()) {
    rows.push_back({ring_key_id_text(key.id), std::string(ring_key_state_word(key.state)),
                    rfc3339_text(key.created_at)});
  }
  return text_columns(rows);
}

Result<Config, CommandError> config_as_owner(const std::string& path) {
  auto config = open_config(path);
  if (!config) return config.error();
  if (const auto error = become_store_owner(*config)) return *error;
  return config;
}

Result<std::uint32_t, CommandError> key_id(const Arguments& arguments) {
  const std::string& text = arguments.operands.front();
  const auto id = parse_ring_key_id(text);
  if (!id) {
    return CommandError{
        EX_USAGE, "`" + text + "` is no key id: eight hexadecimal digits, see `keyring show`"};
  }
  return *id;
}

/// Reads, changes and writes the ring under the folder's lock. `advice` ends the text.
template <class Change>
CommandResult change_ring(const std::string& path, const Change& change,
                          const std::string& advice) {
  const FolderLock lock(path);
  if (!lock.held()) {
    return CommandError{
        EX_IOERR, "key ring " + path + ": its folder cannot be locked: " + std::strerror(errno)};
  }
  const auto ring = read_key_ring(path);
  if (!ring) return CommandError{EX_NOINPUT, ring.error().detail};
  const Result<KeyRing, KeyRingError> changed = change(*ring);
  if (!changed) return CommandError{EX_DATAERR, changed.error().detail};
  if (const auto written = write_key_ring(path, *changed, /*exclusive=*/false); !written) {
    return CommandError{EX_CANTCREAT, written.error().detail};
  }
  return Report{ring_json(*changed).dump(), ring_text(*changed) + advice};
}

CommandResult show(const Arguments& arguments) {
  const auto config = config_as_owner(arguments.config);
  if (!config) return config.error();
  const auto ring = read_key_ring(config->keyring);
  if (!ring) return CommandError{EX_NOINPUT, ring.error().detail};
  return Report{ring_json(*ring).dump(), ring_text(*ring)};
}

CommandResult add(const Arguments& arguments) {
  const auto config = config_as_owner(arguments.config);
  if (!config) return config.error();
  return change_ring(
      config->keyring,
      [](const KeyRing& ring) { return ring.with_new_key(system_random(), system_clock().now()); },
      "\nBring this file to every host (servers read it within 5 seconds), then activate the "
      "key.\n");
}

CommandResult activate(const Arguments& arguments) {
  const auto id = key_id(arguments);
  if (!id) return id.error();
  const auto config = config_as_owner(arguments.config);
  if (!config) return config.error();
  return change_ring(
      config->keyring, [&](const KeyRing& ring) { return ring.with_activated(*id); },
      "\nThe former key goes on opening what it sealed; retire it when all of that has expired.\n");
}

/// Refuses while the private half of a tenant's signing key is wrapped by the key.
std::optional<CommandError> still_wraps(Storage& storage, std::uint32_t id) {
  const auto tenants = all_tenants(storage);
  if (!tenants) return tenants.error();
  for (const Tenant& tenant : *tenants) {
    for (const SigningKey& key : tenant.signing_keys) {
      if (key.wrapped_by != id) continue;
      return CommandError{EX_DATAERR, "key " + ring_key_id_text(id) +
                                          " still wraps a signing key of tenant " +
                                          tenant_id_text(tenant.id) + " (" + tenant.name + ")"};
    }
  }
  return std::nullopt;
}

CommandResult retire(const Arguments& arguments) {
  const auto id = key_id(arguments);
  if (!id) return id.error();
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  if (const auto error = still_wraps(access->storage(), *id)) return *error;
  return change_ring(
      access->config().keyring, [&](const KeyRing& ring) { return ring.with_retired(*id); },
      "\nTokens that the retired key sealed are refused from now on.\n");
}

}  // namespace

std::vector<Command> keyring_commands() {
  return {{.noun = "keyring",
           .verb = "show",
           .operand = "",
           .summary = "List the keys and their states; never a secret",
           .options = {},
           .run = show},
          {.noun = "keyring",
           .verb = "add",
           .operand = "",
           .summary = "Add a pending key: it opens, and does not seal yet",
           .options = {},
           .run = add},
          {.noun = "keyring",
           .verb = "activate",
           .operand = "ID",
           .summary = "Let a pending key seal from now on",
           .options = {},
           .run = activate},
          {.noun = "keyring",
           .verb = "retire",
           .operand = "ID",
           .summary = "Let a key open nothing more; refused while a signing key needs it",
           .options = {},
           .run = retire}};
}

}  // namespace masterkey2::ctl
