#include "plugins/mysql/mariadb_server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "plugins/mysql/connection.hpp"

namespace masterkey2::testing {
namespace {

constexpr const char* kProgram = "/usr/sbin/mariadbd";
constexpr const char* kShare = "/usr/share/mysql/";
constexpr std::chrono::seconds kStartWithin{60};

mysql::MysqlOptions root_options(const std::string& socket) {
  mysql::MysqlOptions options;
  options.socket = socket;
  options.database = "mysql";
  options.user = "root";
  options.timeout = std::chrono::seconds(30);
  return options;
}

std::string user_name() {
  const passwd* user = ::getpwuid(::geteuid());
  return user == nullptr ? "root" : user->pw_name;
}

}  // namespace

bool MariadbServer::is_installed() { return ::access(kProgram, X_OK) == 0; }

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("there is no free port");
  }
  ::close(fd);
  return ntohs(address.sin_port);
}

MariadbServer::MariadbServer(std::vector<std::string> options)
    : options_(std::move(options)), owner_(::getpid()) {
  bootstrap();
  start();
}

MariadbServer::MariadbServer(const MariadbServer& original, std::vector<std::string> options)
    : options_(std::move(options)), owner_(::getpid()) {
  std::filesystem::copy(original.data(), data(), std::filesystem::copy_options::recursive);
}

MariadbServer::~MariadbServer() {
  if (::getpid() == owner_) kill();
}

pid_t MariadbServer::spawn(std::vector<std::string> arguments, const std::string& input) const {
  // tmpdir: a server that starts removes the temporary tables of others in the same one.
  const std::vector<std::string> common = {kProgram,
                                           "--no-defaults",
                                           "--user=" + user_name(),
                                           "--datadir=" + data(),
                                           "--tmpdir=" + folder_.path(),
                                           "--socket=" + socket(),
                                           "--innodb-log-file-size=16M",
                                           "--innodb-data-file-path=ibdata1:8M:autoextend",
                                           "--innodb-buffer-pool-size=64M"};
  arguments.insert(arguments.begin(), common.begin(), common.end());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::string log = folder_ / "log";
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int in = ::open(input.c_str(), O_RDONLY);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  // A connection of ours that it inherited would stay open when we close it.
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execv(kProgram, argv.data());
  ::_exit(127);
}

std::string MariadbServer::log() const {
  std::ifstream in(folder_ / "log");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string MariadbServer::log_end() const {
  const std::string text = log();
  constexpr std::size_t kShown = 2000;
  return text.size() <= kShown ? text : text.substr(text.size() - kShown);
}

void MariadbServer::bootstrap() const {
  std::filesystem::create_directory(data());
  const std::string script = folder_ / "bootstrap.sql";
  {
    std::ofstream out(script);
    out << "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n"
           "SET @skip_auth_anonymous=1;\n";
    for (const char* name : {"mysql_system_tables.sql", "mysql_performance_tables.sql",
                             "mysql_system_tables_data.sql"}) {
      std::ifstream in(kShare + std::string(name));
      for (std::string line; std::getline(in, line);) {
        if (line.find("@current_hostname") == std::string::npos) out << line << '\n';
      }
    }
  }
  run({"--bootstrap"}, script);
}

void MariadbServer::run(const std::vector<std::string>& options, const std::string& input) const {
  int status = 0;
  if (::waitpid(spawn(options, input), &status, 0) < 0 || status != 0) {
    throw std::runtime_error("mariadbd " + options[0] + " failed: " + log_end());
  }
}

void MariadbServer::launch(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"--skip-log-bin", "--debug-no-sync",
                                        "--innodb-flush-method=nosync", "--max-connections=200"};
  arguments.insert(arguments.end(), options_.begin(), options_.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  server_ = spawn(std::move(arguments), "/dev/null");
}

void MariadbServer::start() {
  launch();
  const auto deadline = std::chrono::steady_clock::now() + kStartWithin;
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      execute("SET @ready = 1");
      return;
    } catch (const mysql::SqlError&) {
      int status = 0;
      if (::waitpid(server_, &status, WNOHANG) == server_) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  throw std::runtime_error("mariadbd does not start: " + log_end());
}

bool MariadbServer::has_ended() {
  if (server_ <= 0 || ::waitpid(server_, nullptr, WNOHANG) != server_) return false;
  server_ = -1;
  return true;
}

void MariadbServer::end_with(int signal) {
  if (server_ <= 0) return;
  ::kill(server_, signal);
  ::kill(server_, SIGCONT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void MariadbServer::freeze() const {
  ::kill(server_, SIGSTOP);
  // Its threads stop one after the other: one that still runs could carry out a statement.
  int status = 0;
  if (::waitpid(server_, &status, WUNTRACED) != server_ || !WIFSTOPPED(status)) {
    throw std::runtime_error("MariaDB did not stop");
  }
}
void MariadbServer::thaw() const { ::kill(server_, SIGCONT); }

void MariadbServer::execute(std::string_view sql) const {
  mysql::Connection::open(root_options(socket()))->command(sql);
}

std::uint64_t MariadbServer::number(std::string_view sql) const {
  const auto connection = mysql::Connection::open(root_options(socket()));
  mysql::Rows rows = connection->query(sql, {});
  if (!rows.next()) throw std::runtime_error("no row");
  return rows.unsigned_integer();
}

void MariadbServer::create_database(const std::string& name) const {
  execute("CREATE DATABASE IF NOT EXISTS " + name);
  execute("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON " + name +
          ".* TO masterkey2@localhost");
}

}  // namespace masterkey2::testing
