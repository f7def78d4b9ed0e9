#include "bench/deployment.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <thread>
#include <vector>

#include "encoding/json.hpp"
#include "support/fastcgi_client.hpp"

namespace masterkey2::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kStartWithin{30};
constexpr unsigned kWebWorkers = 2;
constexpr std::string_view kShippedSocket = "unix:/run/masterkey2/fastcgi.sock";

/// A program with its stdout to be read from a pipe.
class Piped {
 public:
  explicit Piped(std::vector<std::string> command) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    process = std::make_unique<testing::ChildProcess>(
        testing::ChildOptions{.arguments = std::move(command),
                              .environment = {},
                              .descriptors = {{1, ends[1]}, {2, STDERR_FILENO}}});
    ::close(ends[1]);
    fd_ = ends[0];
  }
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;
  ~Piped() { ::close(fd_); }

  /// Up to the end of the first line, or of all.
  [[nodiscard]] std::string read(bool all) const {
    std::string text;
    for (char c = 0; (all || c != '\n') && ::read(fd_, &c, 1) == 1;) text += c;
    return text;
  }

  std::unique_ptr<testing::ChildProcess> process;

 private:
  int fd_ = -1;
};

std::string output_of(const std::vector<std::string>& command) {
  Piped piped(command);
  std::string output = piped.read(true);
  if (piped.process->wait() != 0) throw std::runtime_error(command[0] + " failed: " + output);
  return output;
}

std::vector<std::string> joined(std::vector<std::string> words,
                                const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// The shipped configuration with `pass` where it names the server's socket.
std::string front_lines(const std::string& pass) {
  std::ifstream file(MASTERKEY2_SOURCE_DIR "/conf/nginx/masterkey2.conf");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t place = text.find(kShippedSocket);
  if (place == std::string::npos) throw std::runtime_error("the shipped configuration has changed");
  return text.replace(place, kShippedSocket.size(), pass);
}

/// What the shipped unit sets.
std::map<std::string, std::string> unit_environment() {
  constexpr std::string_view kSetting = "Environment=";
  std::ifstream file(MASTERKEY2_SOURCE_DIR "/packaging/systemd/masterkey2.service.in");
  std::map<std::string, std::string> environment;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(kSetting)) continue;
    const std::size_t equals = line.find('=', kSetting.size());
    environment[line.substr(kSetting.size(), equals - kSetting.size())] = line.substr(equals + 1);
  }
  if (environment.empty()) throw std::runtime_error("the shipped unit has changed");
  return environment;
}

std::string kept_upstream(const std::string& address, std::size_t kept) {
  return "upstream kept { server " + address + "; keepalive " + std::to_string(kept) +
         "; keepalive_requests 1000000; }\nkeepalive_requests 1000000;\n";
}

}  // namespace

void Deployment::configure() const {
  const std::string config = folder_ / "masterkey2.yaml";
  const std::string flatfile = "{plugin: flatfile, options: {path: " + store() + "}}";
  std::ofstream file(config);
  file << "base_url: http://localhost:8081\n"
       << "plugin_dir: " << MASTERKEY2_PLUGIN_DIR << "\n"
       << "allow_own_plugins: true\n"
       << "workers: " << workers_ << "\n"
       << "keyring: " << (folder_ / "keyring") << "\n"
       << "storage: " << (storage_.empty() ? flatfile : storage_) << "\n";
  if (limits_ == Limits::kOutOfReach) {
    file << "rate_limits: {address_per_minute: 10000000, token_per_minute: 10000000,"
         << " tenant_per_second: 1000000, key_per_second: 1000000}\n";
  }
  file.close();
  std::filesystem::permissions(
      config, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

void Deployment::limit(Limits limits) {
  limits_ = limits;
  configure();
}

void Deployment::set_workers(unsigned workers) {
  workers_ = workers;
  configure();
}

std::string Deployment::ctl(const std::vector<std::string>& words) const {
  return output_of(
      joined({MASTERKEY2_CTL, "--config", folder_ / "masterkey2.yaml", "--json"}, words));
}

Deployment::Deployment(const std::string& storage) : storage_(storage) {
  configure();
  ctl({"storage", "init"});
  api_key_ = add_tenant();
}

Deployment::Deployment(const Deployment& other, const std::string& storage,
                       const std::string& export_file)
    : storage_(storage), api_key_(other.api_key_) {
  configure();
  std::filesystem::copy_file(other.folder_ / "keyring", folder_ / "keyring");
  ctl({"storage", "import", export_file});
}

std::string Deployment::add_tenant() const {
  const std::string tenant =
      ctl({"tenant", "create", "--name", "Site", "--rp-id", kRpId, "--origin", kOrigin});
  return Json::parse(tenant).at("api_key").get<std::string>();
}

void Deployment::export_to(const std::string& file) const { ctl({"storage", "export", file}); }

double Deployment::start() {
  const int log =
      ::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const auto begin = steady_clock::now();
  server_.emplace(
      testing::ChildOptions{.arguments = {MASTERKEY2_FCGI, "--config", folder_ / "masterkey2.yaml",
                                          "--listen", "unix:" + socket()},
                            .environment = unit_environment(),
                            .descriptors = {{2, log}}});
  ::close(log);
  while (steady_clock::now() < begin + kStartWithin) {
    try {
      testing::FastcgiConnection connection(socket());
      const auto answer = connection.ask({testing::cgi_params("GET", "/healthz"), "", false});
      if (answer && answer->status == 200) {
        return std::chrono::duration<double>(steady_clock::now() - begin).count();
      }
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
  }
  throw std::runtime_error("the server does not start");
}

std::map<std::string, std::size_t> Deployment::failures() const {
  std::map<std::string, std::size_t> reasons;
  std::ifstream log(folder_ / "log");
  for (std::string text; std::getline(log, text);) {
    if (text.find("\"status\":5") == std::string::npos) continue;
    const Json line = Json::parse(text);
    ++reasons[line.value("code", "") + ": " + line.value("detail", "")];
  }
  return reasons;
}

std::vector<std::string> mariadb_options() {
  return {"--skip-networking", "--skip-debug-no-sync", "--innodb-flush-method=O_DIRECT",
          "--innodb-log-file-size=96M", "--innodb-buffer-pool-size=128M"};
}

std::string mysql_storage(const testing::MariadbServer& server, const std::string& database) {
  server.execute("CREATE USER IF NOT EXISTS masterkey2@localhost");
  server.create_database(database);
  return "{plugin: mysql, options: {socket: " + server.socket() + ", database: " + database +
         ", user: masterkey2}}";
}

Peer::Peer(std::vector<std::string> command) {
  Piped piped(joined(std::move(command), {kOrigin, kRpId}));
  port_ = static_cast<std::uint16_t>(std::stoi("0" + piped.read(false)));
  if (port_ == 0) throw std::runtime_error("the peer does not start");
  process_ = std::move(piped.process);
}

testing::NginxProcess::Contents shipped_front(const std::string& socket) {
  return {.http = "keepalive_requests 1000000;",
          .server = front_lines("unix:" + socket),
          .workers = kWebWorkers};
}

testing::NginxProcess::Contents kept_front(const std::string& socket, std::size_t kept) {
  return {.http = kept_upstream("unix:" + socket, kept),
          .server = front_lines("kept; fastcgi_keep_conn on"),
          .workers = kWebWorkers};
}

testing::NginxProcess::Contents http_front(std::uint16_t port) {
  return {.http = kept_upstream("127.0.0.1:" + std::to_string(port), kConnections),
          .server =
              "location / { proxy_pass http://kept; proxy_http_version 1.1;"
              " proxy_set_header Connection \"\"; }",
          .workers = kWebWorkers};
}

}  // namespace masterkey2::bench
