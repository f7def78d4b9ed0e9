// masterkey2-fcgi as a program: command line, signals, sockets, log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "encoding/json.hpp"
#include "fake_service_manager.hpp"
#include "fcgi/listen_socket.hpp"
#include "line_pipe.hpp"
#include "support/child_process.hpp"
#include "support/fastcgi_client.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2 {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::cgi_params;
using testing::CgiParams;
using testing::ChildProcess;
using testing::fastcgi_bytes;
using testing::FastcgiConnection;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Finished {
  std::optional<int> status;
  std::string error_output;
  std::string output;
};

class ServerProcess : public ::testing::Test {
 protected:
  ServerProcess() { write_config("info"); }

  void SetUp() override {
    const Finished made = run({MASTERKEY2_CTL, "--config", config(), "storage", "init"});
    ASSERT_EQ(made.status, 0) << made.error_output << made.output;
  }

  [[nodiscard]] std::string config() const { return folder_ / "masterkey2.yaml"; }
  [[nodiscard]] std::string socket_path() const { return folder_ / "socket"; }

  void write_config(const std::string& level, const std::string& more = "") const {
    std::ofstream(config()) << "listen: unix:" << socket_path() << "\n"
                            << "base_url: http://localhost:8080\n"
                            << "plugin_dir: " << MASTERKEY2_PLUGIN_DIR << "\n"
                            << "allow_own_plugins: true\n"
                            << "storage: {plugin: flatfile, options: {path: " << (folder_ / "data")
                            << "}}\n"
                            << "keyring: " << (folder_ / "keyring.json") << "\n"
                            << "log: {level: " << level << "}\n"
                            << more;
    EXPECT_EQ(chmod(config().c_str(), 0600), 0);
  }

  [[nodiscard]] static Finished run(std::vector<std::string> arguments) {
    LinePipe output;
    LinePipe error_output;
    ChildProcess child({.arguments = std::move(arguments),
                        .descriptors = {{1, output.writer()}, {2, error_output.writer()}}});
    output.close_writer();
    error_output.close_writer();
    Finished finished;
    finished.output = output.rest();
    finished.error_output = error_output.rest();
    finished.status = child.wait();
    return finished;
  }

  /// Starts the server and waits until it says so.
  void start(std::map<int, int> descriptors = {},
             std::map<std::string, std::string> environment = {}) {
    log_.emplace();
    descriptors[2] = log_->writer();
    server_.emplace(testing::ChildOptions{.arguments = {MASTERKEY2_FCGI, "--config", config()},
                                          .environment = std::move(environment),
                                          .descriptors = std::move(descriptors)});
    log_->close_writer();
    ASSERT_TRUE(log_->wait_for("\"start\"")) << log_->rest();
  }

  [[nodiscard]] int status(const std::string& target) const {
    const auto answer = FastcgiConnection(socket_path()).ask({.params = cgi_params("GET", target)});
    return answer ? answer->status : 0;
  }

  testing::TemporaryFolder folder_;
  std::optional<LinePipe> log_;
  std::optional<ChildProcess> server_;
};

TEST_F(ServerProcess, ServesUntilSigtermAndLeavesNothingBehind) {
  start();
  EXPECT_EQ(status("/healthz"), 200);
  EXPECT_EQ(status("/nothing"), 404);
  const std::string bytes = fastcgi_bytes({.params = cgi_params("GET", "/healthz")});
  FastcgiConnection half(socket_path());
  ASSERT_TRUE(half.send(bytes.substr(0, 40)));
  ASSERT_EQ(status("/healthz"), 200);  // the half one is accepted by now
  server_->signal(SIGTERM);
  ASSERT_TRUE(log_->wait_for("\"stop\""));
  ASSERT_TRUE(half.send(bytes.substr(40)));
  const auto answer = half.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(server_->wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
}

TEST_F(ServerProcess, EveryLineOfTheLogIsJson) {
  start();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(status("/healthz?i=" + std::to_string(i)), 200);
  server_->signal(SIGINT);
  EXPECT_EQ(server_->wait(), 0);
  std::istringstream lines(log_->rest());
  int requests = 0;
  for (std::string line; std::getline(lines, line);) {
    const Json value = Json::parse(line, nullptr, false);
    ASSERT_TRUE(value.is_object()) << line;
    if (value.at("event") == "request") ++requests;
  }
  EXPECT_EQ(requests, 20);
}

TEST_F(ServerProcess, ServesTheSocketThatItInheritsAndLeavesItListening) {
  const auto socket = bind_socket({.path = folder_ / "inherited"}, 0600);
  ASSERT_TRUE(socket) << socket.error();
  // systemd-socket-activate --inetd puts it on 0 and 1.
  start({{0, socket->fd.get()}, {1, socket->fd.get()}});
  FastcgiConnection first(folder_ / "inherited");
  ASSERT_TRUE(first.ask({.params = cgi_params("GET", "/healthz")}));
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(server_->pid()) + "/fd/0"),
            "/dev/null");
  server_->signal(SIGTERM);
  EXPECT_EQ(server_->wait(), 0);

  FastcgiConnection waiting(folder_ / "inherited");
  ASSERT_TRUE(waiting.send(fastcgi_bytes({.params = cgi_params("GET", "/healthz")})));
  start({{0, socket->fd.get()}});
  EXPECT_TRUE(waiting.read_answer());
}

TEST_F(ServerProcess, SeveralProcessesShareOneSocket) {
  const auto socket = bind_socket({.path = folder_ / "inherited"}, 0600);
  ASSERT_TRUE(socket) << socket.error();
  start({{0, socket->fd.get()}});
  LinePipe second_log;
  ChildProcess second({.arguments = {MASTERKEY2_FCGI, "--config", config()},
                       .descriptors = {{0, socket->fd.get()}, {2, second_log.writer()}}});
  second_log.close_writer();
  ASSERT_TRUE(second_log.wait_for("\"start\"")) << second_log.rest();
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(
        FastcgiConnection(folder_ / "inherited").ask({.params = cgi_params("GET", "/healthz")}));
  }
  server_->signal(SIGTERM);
  EXPECT_EQ(server_->wait(), 0);
  EXPECT_TRUE(
      FastcgiConnection(folder_ / "inherited").ask({.params = cgi_params("GET", "/healthz")}));
}

TEST_F(ServerProcess, ReplacesTheSocketOfAKilledPredecessor) {
  start();
  server_->signal(SIGKILL);
  EXPECT_EQ(server_->wait(), -SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(socket_path()));
  start();
  EXPECT_EQ(status("/healthz"), 200);
}

TEST_F(ServerProcess, RefusesToReplaceALiveSocket) {
  start();
  const Finished second = run({MASTERKEY2_FCGI, "--config", config()});
  EXPECT_EQ(second.status, EX_OSERR);
  EXPECT_THAT(second.error_output, HasSubstr("another process listens"));
  EXPECT_EQ(status("/healthz"), 200);
}

TEST_F(ServerProcess, SighupChangesTheLogLevel) {
  write_config("warning");
  // A socket that listens already: at this level no line says when the server is ready.
  const auto socket = bind_socket({.path = socket_path()}, 0600);
  ASSERT_TRUE(socket) << socket.error();
  log_.emplace();
  server_.emplace(
      testing::ChildOptions{.arguments = {MASTERKEY2_FCGI, "--config", config()},
                            .descriptors = {{0, socket->fd.get()}, {2, log_->writer()}}});
  log_->close_writer();
  EXPECT_EQ(status("/healthz?before"), 200);
  write_config("info");
  server_->signal(SIGHUP);
  const auto first = log_->wait_for("");
  ASSERT_TRUE(first);
  EXPECT_EQ(Json::parse(*first).at("event"), "reload");
  EXPECT_EQ(status("/healthz"), 200);
  EXPECT_TRUE(log_->wait_for("\"request\""));
}

TEST_F(ServerProcess, SighupWithABrokenFileChangesNothing) {
  start();
  write_config("error", "nonsense: 1\n");
  server_->signal(SIGHUP);
  const auto refused = log_->wait_for("reload_refused");
  ASSERT_TRUE(refused);
  EXPECT_THAT(Json::parse(*refused).at("detail").get<std::string>(),
              StartsWith(config() + ":8:1: unknown key \"nonsense\""));
  EXPECT_EQ(status("/healthz"), 200);
  EXPECT_TRUE(log_->wait_for("\"request\""));
}

TEST_F(ServerProcess, NamesEveryMistakeOfItsConfigurationAndExits) {
  write_config("loud", "nonsense: 1\nworkers: 1\n");
  const Finished finished = run({MASTERKEY2_FCGI, "--config", config()});
  EXPECT_EQ(finished.status, EX_CONFIG);
  for (const char* place : {":7:14: ", ":8:1: ", ":9:10: "}) {
    EXPECT_THAT(finished.error_output, HasSubstr(config() + place));
  }
  EXPECT_EQ(run({MASTERKEY2_FCGI, "--config", folder_ / "absent"}).status, EX_CONFIG);
}

TEST_F(ServerProcess, ChecksWithoutServing) {
  const Finished good = run({MASTERKEY2_FCGI, "--config", config(), "--check"});
  EXPECT_EQ(good.status, 0) << good.error_output;
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
  std::filesystem::remove_all(folder_ / "data");
  const Finished bad = run({MASTERKEY2_FCGI, "--config", config(), "--check"});
  EXPECT_EQ(bad.status, EX_UNAVAILABLE);
  EXPECT_THAT(bad.error_output, HasSubstr("storage init"));
}

TEST_F(ServerProcess, TellsMetricsAndVersionToLoopback) {
  start();
  EXPECT_EQ(status("/healthz"), 200);
  EXPECT_EQ(status("/api/v1/openapi.json"), 200);
  EXPECT_EQ(status("/version"), 200);
  // A request is counted when its answer has gone out, so perhaps after the next one has come.
  const std::string counted = "route=\"/healthz\",method=\"GET\",status=\"200\"} 1\n";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  auto answer = FastcgiConnection(socket_path()).ask({.params = cgi_params("GET", "/metrics")});
  while (answer && answer->body.find(counted) == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    answer = FastcgiConnection(socket_path()).ask({.params = cgi_params("GET", "/metrics")});
  }
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->header("Content-Type"), StartsWith("text/plain; version=0.0.4"));
  EXPECT_THAT(answer->body, HasSubstr(counted));
  EXPECT_THAT(answer->body, HasSubstr("operation=\"read_installation\""));
  // A proxy on this host that nobody has named speaks for anybody.
  const auto forwarded =
      FastcgiConnection(socket_path())
          .ask({.params = cgi_params("GET", "/metrics", {{"HTTP_X_FORWARDED_FOR", "127.0.0.1"}})});
  ASSERT_TRUE(forwarded);
  EXPECT_EQ(forwarded->status, 404);
}

TEST_F(ServerProcess, SharesItsLimitsWithTheOtherProcessesOfTheHost) {
  write_config("info", "rate_limits: {token_per_minute: 6}\n");
  start();
  LinePipe log;
  const std::string other_socket = folder_ / "other";
  ChildProcess other(
      {.arguments = {MASTERKEY2_FCGI, "--config", config(), "--listen", "unix:" + other_socket},
       .descriptors = {{2, log.writer()}}});
  ASSERT_TRUE(log.wait_for("\"start\""));
  const CgiParams params = cgi_params("POST", "/api/v1/begin_authentication",
                                      {{"HTTP_AUTHORIZATION", "Bearer mk2s_nonsense"}});
  std::map<int, int> statuses;
  for (int i = 0; i < 10; ++i) {
    const auto answer =
        FastcgiConnection(i % 2 == 0 ? socket_path() : other_socket).ask({.params = params});
    ASSERT_TRUE(answer);
    ++statuses[answer->status];
    EXPECT_EQ(answer->header("Retry-After").empty(), answer->status != 429);
  }
  EXPECT_EQ(statuses, (std::map<int, int>{{401, 6}, {429, 4}}));
  other.signal(SIGTERM);
  EXPECT_EQ(other.wait(), 0);
}

TEST_F(ServerProcess, DoesNotServeAStorageThatIsOlderThanItsAnchor) {
  const Finished made = run({MASTERKEY2_CTL, "--config", config(), "--json", "storage", "init"});
  const Json installation = Json::parse(made.output).at("installation");
  std::ofstream(folder_ / "storage_anchor.json")
      << Json{{"installation", installation}, {"epoch", 4}, {"heartbeat", 7}};
  const Finished refused = run({MASTERKEY2_FCGI, "--config", config()});
  EXPECT_EQ(refused.status, EX_CONFIG);
  EXPECT_THAT(refused.error_output, HasSubstr("storage post-restore"));
  const Finished accepted =
      run({MASTERKEY2_CTL, "--config", config(), "--json", "storage", "post-restore"});
  EXPECT_EQ(accepted.status, 0) << accepted.error_output;
  EXPECT_EQ(Json::parse(accepted.output).at("epoch"), 5);
  start();
  EXPECT_EQ(status("/readyz"), 200);
}

TEST_F(ServerProcess, RefusesUnknownOptions) {
  for (const char* option : {"--nonsense", "-x", "word", "--check=yes", "--config="}) {
    EXPECT_EQ(run({MASTERKEY2_FCGI, option}).status, EX_USAGE) << option;
  }
  EXPECT_THAT(run({MASTERKEY2_FCGI, "--help"}).output, StartsWith("usage: "));
  EXPECT_EQ(run({MASTERKEY2_FCGI, "--help"}).status, 0);
  EXPECT_THAT(run({MASTERKEY2_FCGI, "--version"}).output, StartsWith("masterkey2-fcgi "));
}

TEST_F(ServerProcess, TellsTheServiceManagerHowItIs) {
  const std::string path = folder_ / "notify";
  const FakeServiceManager manager(path);
  start({}, {{"NOTIFY_SOCKET", path}});
  EXPECT_EQ(manager.next(), "READY=1");
  server_->signal(SIGHUP);
  EXPECT_THAT(manager.next(), StartsWith("RELOADING=1"));
  EXPECT_EQ(manager.next(), "READY=1");
  server_->signal(SIGTERM);
  EXPECT_EQ(manager.next(), "STOPPING=1");
  EXPECT_EQ(server_->wait(), 0);
}

TEST_F(ServerProcess, TellsTheServiceManagerThatItIsAlive) {
  const std::string path = folder_ / "notify";
  const FakeServiceManager manager(path);
  start({}, {{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "100000"}});
  EXPECT_EQ(manager.next(), "READY=1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(status("/healthz"), 200);
  server_->signal(SIGTERM);
  std::string last = manager.next();
  while (last == "WATCHDOG=1") last = manager.next();
  EXPECT_EQ(last, "STOPPING=1");
  EXPECT_EQ(server_->wait(), 0);
}

}  // namespace
}  // namespace masterkey2
