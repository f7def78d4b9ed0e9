#include "ctl/doctor/local_checks.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "config/address_range.hpp"
#include "config/listen_address.hpp"
#include "storage/plugin_loader.hpp"

namespace masterkey2::ctl {
namespace {

/// Users that web servers run as, over the distributions.
constexpr std::array<const char*, 6> kWebUsers = {"www-data", "nginx", "apache",
                                                  "caddy",    "http",  "lighttpd"};

/// Of the shipped socket unit.
constexpr const char* kUnitSocket = "unix:/run/masterkey2/fastcgi.sock";

struct Account {
  std::string name;
  uid_t user = 0;
  std::vector<gid_t> groups;
};

std::optional<Account> account(const char* name) {
  // The tool has one thread.
  const passwd* const entry = getpwnam(name);
  if (entry == nullptr) return std::nullopt;
  Account found{.name = name, .user = entry->pw_uid, .groups = std::vector<gid_t>(256)};
  int count = static_cast<int>(found.groups.size());
  if (getgrouplist(name, entry->pw_gid, found.groups.data(), &count) < 0) count = 1;
  found.groups.resize(static_cast<std::size_t>(count));
  return found;
}

bool may_open(const Account& account, const struct stat& socket) {
  if (account.user == socket.st_uid) return (socket.st_mode & 0600U) == 0600U;
  const bool member = std::find(account.groups.begin(), account.groups.end(), socket.st_gid) !=
                      account.groups.end();
  return member && (socket.st_mode & 0060U) == 0060U;
}

}  // namespace

Finding check_base_url(const Config& config, const std::string& file) {
  if (config.base_url != "https://auth.example.com")
    return {"base_url", Grade::kGood, config.base_url, ""};
  return {"base_url", Grade::kTrouble, "it is still the example, " + config.base_url,
          "set base_url in " + file + ", then: systemctl restart masterkey2"};
}

Finding check_proxies(const Config& config, const std::string& file) {
  for (const std::string& text : config.trusted_proxies) {
    const auto range = AddressRange::parse(text);
    // Addresses that nobody has (RFC 5737, RFC 3849): whoever lists them lists everybody.
    for (const char* nobody : {"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"}) {
      if (!range || !range->contains(nobody)) continue;
      return {"proxies", Grade::kTrouble,
              "with " + text + " in trusted_proxies, visitors choose the address that limits go by",
              "list the proxies alone in trusted_proxies in " + file +
                  ", then: systemctl restart masterkey2"};
    }
  }
  return {"proxies", Grade::kGood,
          config.trusted_proxies.empty() ? "no forwarding header is believed"
                                         : "trusted_proxies lists no strangers",
          ""};
}

Finding check_clock() {
  timex state{};
  const int status = adjtimex(&state);
  if (status != TIME_ERROR && (state.status & STA_UNSYNC) == 0) {
    return {"clock", Grade::kGood, "it is synchronised", ""};
  }
  return {"clock", Grade::kWarning, "nothing keeps this system's clock right; tokens live by it",
          "timedatectl set-ntp true"};
}

Finding check_socket(const Config& config) {
  const auto address = parse_listen_address(config.listen.empty() ? kUnitSocket : config.listen);
  if (!address || !address->is_unix()) {
    return {"socket", Grade::kGood,
            config.listen + ": see that nobody but the web server can connect", ""};
  }
  struct stat status {};
  if (lstat(address->path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) {
    return {"socket", Grade::kTrouble, "there is none at " + address->path,
            "systemctl enable --now masterkey2.socket"};
  }
  if ((status.st_mode & S_IRWXO) != 0) {
    return {"socket", Grade::kTrouble, "every user of this system may open " + address->path,
            "systemctl revert masterkey2.socket && systemctl restart masterkey2.socket"};
  }
  std::string users;
  for (const char* name : kWebUsers) {
    const auto user = account(name);
    if (!user) continue;
    if (may_open(*user, status))
      return {"socket", Grade::kGood, user->name + " may open " + address->path, ""};
    users += (users.empty() ? "" : ", ") + user->name;
  }
  if (users.empty()) {
    return {"socket", Grade::kWarning, "no web server's user is known on this system",
            "apt install nginx"};
  }
  return {"socket", Grade::kTrouble, "no web server (" + users + ") may open " + address->path,
          "systemctl edit masterkey2.socket: [Socket] SocketGroup=" +
              users.substr(0, users.find(',')) + ", then: systemctl restart masterkey2.socket"};
}

Finding check_group(const std::string& group) {
  const ::group* const entry = getgrnam(group.c_str());
  if (entry == nullptr) return {"secrets", Grade::kGood, "there is no group " + group, ""};
  const gid_t wanted = entry->gr_gid;
  for (const char* name : kWebUsers) {
    const auto user = account(name);
    if (!user || std::find(user->groups.begin(), user->groups.end(), wanted) == user->groups.end())
      continue;
    return {"secrets", Grade::kTrouble,
            "the web server's user " + user->name + " is in the group " + group +
                " and can read secrets",
            "gpasswd -d " + user->name + " " + group + ", then restart the web server"};
  }
  return {"secrets", Grade::kGood, "no web server is in the group " + group, ""};
}

Finding check_plugin(const Config& config) {
  const std::string file =
      config.plugin_dir + "/libmasterkey2_storage_" + config.storage.plugin + ".so";
  struct stat status {};
  if (lstat(file.c_str(), &status) != 0 && errno == ENOENT) {
    return {"plugin", Grade::kTrouble, "there is no " + file,
            "apt install masterkey2-storage-" + config.storage.plugin};
  }
  const auto plugin = read_plugin({.plugin_dir = config.plugin_dir,
                                   .name = config.storage.plugin,
                                   .options = {},
                                   .allow_own_plugins = config.allow_own_plugins,
                                   .required_capabilities = 0});
  if (plugin) return {"plugin", Grade::kGood, file, ""};
  const bool mistrusted = status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  return {"plugin", Grade::kTrouble, plugin.error().detail,
          mistrusted
              ? "chown root:root " + file + " && chmod go-w " + file
              : "apt install --reinstall the package of " + file + " in the version of masterkey2"};
}

Finding check_owner(const Config& config) {
  const auto option = config.storage.options.find("path");
  std::vector<std::string> paths;
  if (option != config.storage.options.end()) paths.push_back(option->second);
  paths.push_back(config.keyring);
  const auto owner_of = [](const std::string& path) -> std::optional<uid_t> {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0) return std::nullopt;
    return status.st_uid;
  };
  std::vector<std::string> references = paths;
  references.push_back(std::filesystem::path(config.keyring).parent_path());
  const auto reference = std::find_if(references.begin(), references.end(), [&](const auto& path) {
    return owner_of(path).value_or(0) != 0;
  });
  if (reference == references.end()) return {"owner", Grade::kGood, "nobody but root's", ""};
  const uid_t owner = *owner_of(*reference);
  for (const std::string& path : paths) {
    std::vector<std::string> files = {path};
    std::error_code no_folder;
    for (const auto& entry : std::filesystem::directory_iterator(path, no_folder)) {
      files.push_back(entry.path());
    }
    for (const std::string& file : files) {
      if (owner_of(file).value_or(owner) == owner) continue;
      return {"owner", Grade::kTrouble, file + " belongs to another user than " + *reference,
              "chown -R --reference=" + *reference + " " + path};
    }
  }
  return {"owner", Grade::kGood, "store and key ring belong to one user", ""};
}

Finding check_space(const std::string& path) {
  constexpr unsigned long kLeastPercent = 5;
  struct statvfs room {};
  if (statvfs(path.c_str(), &room) != 0 || room.f_blocks == 0) {
    return {"space", Grade::kWarning, path + ": " + std::strerror(errno), "ls -ld " + path};
  }
  const unsigned long percent = room.f_bavail * 100 / room.f_blocks;
  const std::string text = path + ": " + std::to_string(percent) + " % free";
  if (percent >= kLeastPercent) return {"space", Grade::kGood, text, ""};
  return {"space", Grade::kWarning, text, "df -h " + path + "; make room before writes fail"};
}

}  // namespace masterkey2::ctl
