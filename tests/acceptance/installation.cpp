#include "tests/acceptance/installation.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "encoding/json.hpp"

namespace masterkey2::testing {
namespace {

constexpr int kReadyWithinMilliseconds = 30'000;

/// Where server processes say that they are ready (the protocol of sd_notify).
class ReadySocket {
 public:
  explicit ReadySocket(const std::string& path)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    ::unlink(path.c_str());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot bind " + path);
    }
  }
  ReadySocket(const ReadySocket&) = delete;
  ReadySocket& operator=(const ReadySocket&) = delete;
  ~ReadySocket() { ::close(fd_); }

  void wait_for(unsigned count) const {
    while (count > 0) {
      pollfd waiting{fd_, POLLIN, 0};
      if (::poll(&waiting, 1, kReadyWithinMilliseconds) != 1) {
        throw std::runtime_error("a server process does not get ready");
      }
      std::array<char, 512> text{};
      const ssize_t size = ::recv(fd_, text.data(), text.size(), 0);
      if (size > 0 &&
          std::string_view(text.data(), static_cast<std::size_t>(size)).find("READY=1") !=
              std::string_view::npos) {
        --count;
      }
    }
  }

 private:
  int fd_;
};

std::string run_or_throw(const std::vector<std::string>& command) {
  CommandResult result = run_command(command);
  if (result.exit_code != 0) throw std::runtime_error(command[0] + " failed: " + result.output);
  return std::move(result.output);
}

}  // namespace

std::string Installation::write_config(const std::string& name, const std::string& storage) const {
  std::string config = folder_ / name;
  const std::string flatfile = "{plugin: flatfile, options: {path: " + store() + "}}";
  std::ofstream(config) << "base_url: http://localhost:8081\n"
                        << "plugin_dir: " << MASTERKEY2_PLUGIN_DIR << "\n"
                        << "allow_own_plugins: true\n"
                        << "keyring: " << (folder_ / "keyring") << "\n"
                        << "workers: 16\n"
                        << "rate_limits: {enabled: false}\n"
                        << "storage: " << (storage.empty() ? flatfile : storage) << "\n";
  std::filesystem::permissions(
      config, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return config;
}

Installation::Installation(const std::string& storage) {
  const std::string config = write_config("masterkey2.yaml", storage);
  const std::vector<std::string> ctl = {MASTERKEY2_CTL, "--config", config};
  std::vector<std::string> init = ctl;
  init.insert(init.end(), {"storage", "init"});
  run_or_throw(init);
  std::vector<std::string> create = ctl;
  create.insert(create.end(), {"--json", "tenant", "create", "--name", "Site", "--rp-id", kSiteRpId,
                               "--origin", kSiteOrigin, "--set", "proof_forwarding=true"});
  api_key_ = Json::parse(run_or_throw(create)).at("api_key").get<std::string>();
}

CommandResult Installation::ctl(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command = {MASTERKEY2_CTL, "--config", folder_ / "masterkey2.yaml"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_command(command);
}

std::string Installation::socket(unsigned process) const {
  return folder_ / ("fastcgi-" + std::to_string(process));
}

void Installation::start(unsigned count) {
  start_with(std::vector<std::string>(count, folder_ / "masterkey2.yaml"));
}

void Installation::start_on(const std::vector<std::string>& storages) {
  std::vector<std::string> configs;
  for (const std::string& storage : storages) {
    configs.push_back(write_config("process-" + std::to_string(configs.size()) + ".yaml", storage));
  }
  start_with(configs);
}

void Installation::start_with(const std::vector<std::string>& configs) {
  const std::string ready_path = folder_ / "ready";
  const ReadySocket ready(ready_path);
  for (unsigned i = 0; i < configs.size(); ++i) {
    processes_.emplace_back(std::vector<std::string>{MASTERKEY2_FCGI, "--config", configs[i],
                                                     "--listen", "unix:" + socket(i)},
                            std::vector<std::string>{"NOTIFY_SOCKET=" + ready_path}, log());
  }
  ready.wait_for(static_cast<unsigned>(configs.size()));
}

void Installation::kill_all() {
  for (const ChildProcess& process : processes_) process.send(SIGKILL);
  processes_.clear();
}

std::vector<int> Installation::stop_all() {
  std::vector<int> codes;
  for (const ChildProcess& process : processes_) process.send(SIGTERM);
  for (ChildProcess& process : processes_) codes.push_back(process.wait());
  processes_.clear();
  return codes;
}

std::uintmax_t Installation::store_size() const {
  std::uintmax_t size = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(store())) {
    if (entry.is_regular_file()) size += entry.file_size();
  }
  return size;
}

}  // namespace masterkey2::testing
