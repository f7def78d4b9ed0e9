// The server behind a real web server with the configuration that we ship for it.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "encoding/json.hpp"
#include "server_fixture.hpp"
#include "shipped_configuration.hpp"
#include "support/http_connection.hpp"
#include "support/nginx_process.hpp"
#include "support/web_server_process.hpp"

namespace masterkey2 {

enum class WebServer { kNginx, kApache, kFcgid, kLighttpd, kCaddy };

class WebServerFixture : public ServerFixture {
 protected:
  WebServerFixture() : ServerFixture("/api") {}

  /// The server by itself too, unless the web server starts it. Skips the test where the web server
  /// is not installed.
  void start_behind(WebServer kind) {
    // Apache's children are another user, who cannot go where the source tree may lie.
    ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
    std::filesystem::copy(MASTERKEY2_SOURCE_DIR "/sdk/dist", folder_ / "sdk",
                          std::filesystem::copy_options::recursive);
    if (kind == WebServer::kNginx) return start_nginx();
    const testing::WebServerSetup web = setup(kind);
    if (!testing::is_installed(web)) GTEST_SKIP() << web.name << " is not installed";
    if (kind == WebServer::kFcgid) {
      std::ofstream(log_path()).close();
      ASSERT_EQ(chmod(log_path().c_str(), 0666), 0);
      std::filesystem::copy(MASTERKEY2_ECHO_SERVER, folder_ / "echo_server");
    } else {
      start_server();
    }
    web_server_.emplace(web);
  }
  /// Ends both; the log is complete afterwards.
  void stop_all() {
    nginx_.reset();
    web_server_.reset();
    stop();
  }

  [[nodiscard]] std::uint16_t port() const { return nginx_ ? nginx_->port() : web_server_->port(); }
  /// `headers`: lines, each ended by CR LF.
  [[nodiscard]] testing::HttpAnswer ask(const std::string& method, const std::string& target,
                                        const std::string& headers = "",
                                        const std::string& body = "") const {
    const std::string text =
        head(method, target, headers + "Connection: close\r\n", body.size()) + body;
    if (method == "HEAD") return testing::http_exchange(port(), text);
    testing::HttpConnection client(port());
    client.send(text);
    return client.receive();
  }
  /// All of a request that is before its body; as browsers send it, with the length of none, too.
  [[nodiscard]] static std::string head(const std::string& method, const std::string& target,
                                        const std::string& headers, std::size_t body_size) {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
    if (body_size > 0) text += "Content-Type: application/json\r\n";
    if (method == "POST") text += "Content-Length: " + std::to_string(body_size) + "\r\n";
    return text + "\r\n";
  }
  /// Of a problem.
  static std::string code(const testing::HttpAnswer& answer) {
    const Json body = Json::parse(answer.body, nullptr, false);
    return body.is_object() ? body.value("code", "") : "no problem: " + answer.body;
  }

 private:
  void start_server() {
    auto socket = bind_socket({.path = socket_path()}, 0666);
    ASSERT_TRUE(socket) << socket.error();
    start(std::move(*socket));
  }
  void start_nginx() {
    if (!testing::have_nginx()) GTEST_SKIP() << "nginx is not installed";
    start_server();
    nginx_.emplace(
        testing::NginxProcess::Contents{.http = "", .server = shipped("nginx/masterkey2.conf")});
  }
  [[nodiscard]] std::string shipped(const std::string& file) const {
    return shipped_configuration(file, {{"/run/masterkey2/fastcgi.sock", socket_path()},
                                        {"/usr/share/masterkey2/sdk", folder_ / "sdk"}});
  }
  [[nodiscard]] testing::WebServerSetup setup(WebServer kind) const {
    if (kind == WebServer::kLighttpd)
      return testing::lighttpd_setup(shipped("lighttpd/masterkey2.conf"));
    if (kind == WebServer::kCaddy) return testing::caddy_setup(shipped("caddy/masterkey2.caddy"));
    const std::string common = shipped("apache/masterkey2.conf");
    if (kind == WebServer::kApache) return testing::apache_setup(common);
    const std::string included = folder_ / "masterkey2.conf";
    std::string text = common;
    const std::string program =
        "/usr/sbin/masterkey2-fcgi --config /etc/masterkey2/masterkey2.yaml";
    text.replace(text.find(program), program.size(), (folder_ / "echo_server") + " " + log_path());
    std::ofstream(included) << text;
    return testing::apache_setup(
        shipped_configuration(
            "apache/masterkey2-fcgid.conf",
            {{"/usr/share/doc/masterkey2/examples/apache/masterkey2.conf", included}}),
        {"fcgid"});
  }

  std::optional<testing::NginxProcess> nginx_;
  std::optional<testing::WebServerProcess> web_server_;
};

}  // namespace masterkey2
