#include "ctl/store_owner.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

namespace masterkey2::ctl {
namespace {

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
  std::string path;
};

std::optional<Owner> owner_of(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return Owner{status.st_uid, status.st_gid, path};
}

std::optional<Owner> store_owner(const Config& config) {
  if (const auto path = config.storage.options.find("path"); path != config.storage.options.end()) {
    if (auto owner = owner_of(path->second)) return owner;
  }
  if (auto owner = owner_of(config.keyring)) return owner;
  return owner_of(std::filesystem::path(config.keyring).parent_path());
}

/// The groups of the user's account; the file's group alone if there is no such account.
bool take_groups(const Owner& owner, gid_t& group) {
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  group = owner.group;
  if (::getpwuid_r(owner.user, &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr) {
    group = entry.pw_gid;
    return ::initgroups(entry.pw_name, entry.pw_gid) == 0;
  }
  return ::setgroups(0, nullptr) == 0;
}

}  // namespace

std::optional<CommandError> become_store_owner(const Config& config) {
  if (::geteuid() != 0) return std::nullopt;
  const auto owner = store_owner(config);
  if (!owner || owner->user == 0) return std::nullopt;
  gid_t group = 0;
  if (!take_groups(*owner, group) || ::setresgid(group, group, group) != 0 ||
      ::setresuid(owner->user, owner->user, owner->user) != 0) {
    return CommandError{EX_NOPERM, "cannot become user " + std::to_string(owner->user) +
                                       ", who owns " + owner->path + ": " + std::strerror(errno)};
  }
  if (::setuid(0) == 0) return CommandError{EX_SOFTWARE, "root's rights could not be given up"};
  return std::nullopt;
}

}  // namespace masterkey2::ctl
