// A FastCGI server in this process, with routes that tests can hold up.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "echo_routes.hpp"
#include "fcgi/fcgi_server.hpp"
#include "support/fastcgi_client.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2 {

class ServerFixture : public ::testing::Test {
 public:
  ServerFixture(const ServerFixture&) = delete;
  ServerFixture& operator=(const ServerFixture&) = delete;
  ~ServerFixture() override {
    barrier_.open();
    stop();
  }

 protected:
  explicit ServerFixture(const std::string& prefix = "")
      : router_(echo_routes(barrier_, handled_), prefix) {
    static const bool initialized = [] {
      initialize_fastcgi_library();
      return true;
    }();
    EXPECT_TRUE(initialized);
    options_.workers = 4;
  }
  void start() {
    auto socket = bind_socket({.path = socket_path()}, 0600);
    ASSERT_TRUE(socket) << socket.error();
    start(std::move(*socket));
  }
  void start(ListenSocket socket) {
    log_fd_.reset(open(log_path().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    log_ = std::make_unique<EventLog>(log_fd_.get(), LogLevel::kDebug);
    server_ = std::make_unique<FcgiServer>(std::move(socket), router_, *log_, options_);
  }
  /// Drains and waits; the log is complete afterwards.
  void stop() {
    if (server_) {
      server_->drain();
      EXPECT_TRUE(server_->wait());
      server_.reset();
    }
    log_.reset();
  }

  [[nodiscard]] std::string socket_path() const { return folder_ / "socket"; }
  [[nodiscard]] std::string log_path() const { return folder_ / "log"; }
  [[nodiscard]] std::vector<std::string> log_lines() const {
    std::ifstream file(log_path());
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  [[nodiscard]] testing::FastcgiConnection connect() const {
    return testing::FastcgiConnection(socket_path());
  }
  [[nodiscard]] static testing::FastcgiRequest get(const std::string& target, bool keep = false) {
    return {.params = testing::cgi_params("GET", target), .keep = keep};
  }
  [[nodiscard]] static testing::FastcgiRequest post(const std::string& target,
                                                    const std::string& body, bool keep = false) {
    return {
        .params = testing::cgi_params("POST", target, {{"CONTENT_TYPE", "application/json"}}, body),
        .body = body,
        .keep = keep};
  }
  /// Status of one request on a connection of its own; 0 if none was answered.
  [[nodiscard]] int status(const testing::FastcgiRequest& request) const {
    const auto answer = connect().ask(request);
    return answer ? answer->status : 0;
  }

  testing::TemporaryFolder folder_;
  Barrier barrier_;
  std::atomic<int> handled_ = 0;
  ServerOptions options_;
  Router router_;
  UniqueFd log_fd_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<FcgiServer> server_;
};

}  // namespace masterkey2
