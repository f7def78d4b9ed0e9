#include "storage/plugin_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace masterkey2 {
namespace {

constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

PluginError refused(const std::string& path, const std::string& why) { return {path + ": " + why}; }

Result<void, PluginError> check_owner_and_mode(const std::string& path, const struct stat& status,
                                               bool own_too, bool sticky_will_do) {
  const bool own = own_too && status.st_uid == ::geteuid();
  if (status.st_uid != 0 && !own) {
    return refused(path, "belongs to uid " + std::to_string(status.st_uid) + ", it must be root's" +
                             (own_too ? " or this user's" : ""));
  }
  const bool sticky = sticky_will_do && (status.st_mode & S_ISVTX) != 0;
  if ((status.st_mode & kOthersWrite) != 0 && !sticky) {
    return refused(path, "can be written by its group or by others");
  }
  return {};
}

Result<void, PluginError> check_one(const std::string& path, mode_t type, const char* type_name,
                                    bool own_too, bool sticky_will_do = false) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return refused(path, std::generic_category().message(errno));
  }
  if (S_ISLNK(status.st_mode)) return refused(path, "is a symbolic link");
  if ((status.st_mode & S_IFMT) != type) return refused(path, std::string("is no ") + type_name);
  return check_owner_and_mode(path, status, own_too, sticky_will_do);
}

}  // namespace

Result<void, PluginError> check_plugin_file(const std::string& folder, const std::string& path,
                                            bool own_too) {
  if (!folder.starts_with('/')) return refused(folder, "plugin_dir must be an absolute path");
  if (auto ok = check_one(folder, S_IFDIR, "folder", own_too); !ok) return ok;
  std::error_code failed;
  const std::filesystem::path real = std::filesystem::canonical(folder, failed);
  if (failed) return refused(folder, failed.message());
  for (std::filesystem::path above = real.parent_path();; above = above.parent_path()) {
    if (auto ok = check_one(above.string(), S_IFDIR, "folder", own_too, true); !ok) return ok;
    if (above == above.parent_path()) break;
  }
  return check_one(path, S_IFREG, "regular file", own_too);
}

}  // namespace masterkey2
