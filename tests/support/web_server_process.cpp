#include "support/web_server_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/nginx_process.hpp"

namespace masterkey2::testing {
namespace {

std::string apache_module(const std::string& name) {
  return "/usr/lib/apache2/modules/mod_" + name + ".so";
}

/// One that was free a moment ago: these servers take no socket from us.
std::uint16_t free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

}  // namespace

WebServerSetup apache_setup(const std::string& host_lines,
                            const std::vector<std::string>& modules) {
  const std::string program = "/usr/sbin/apache2";
  std::vector<std::string> all = {"mpm_event", "authz_core", "alias", "headers"};
  all.insert(all.end(), modules.begin(), modules.end());
  WebServerSetup setup{
      .name = "apache",
      .configuration =
          [=](std::uint16_t port, const TemporaryFolder& folder) {
            std::ostringstream text;
            text << "ServerName localhost\nListen 127.0.0.1:" << port << "\nPidFile "
                 << (folder / "pid") << "\nErrorLog " << (folder / "error.log")
                 << "\nDefaultRuntimeDir " << folder.path() << "\nDocumentRoot " << folder.path()
                 << "\n";
            if (geteuid() == 0) text << "User www-data\nGroup www-data\n";
            for (const std::string& name : all) {
              text << "LoadModule " << name << "_module " << apache_module(name) << "\n";
            }
            text << "<IfModule mod_fcgid.c>\nFcgidIPCDir " << (folder / "fcgid")
                 << "\nFcgidProcessTableFile " << (folder / "fcgid_table") << "\n</IfModule>\n"
                 << "<VirtualHost 127.0.0.1:" << port << ">\n"
                 << host_lines << "\n</VirtualHost>\n";
            return text.str();
          },
      .command = [=](const std::string& folder,
                     const std::string& file) -> std::vector<std::string> {
        return {program, "-D", "FOREGROUND", "-d", folder, "-f", file};
      },
      .files = {program}};
  for (const std::string& name : all) setup.files.push_back(apache_module(name));
  return setup;
}

WebServerSetup lighttpd_setup(const std::string& lines) {
  const std::string program = "/usr/sbin/lighttpd";
  return {.name = "lighttpd",
          .configuration =
              [=](std::uint16_t port, const TemporaryFolder& folder) {
                std::ostringstream text;
                text << "server.document-root = \"" << folder.path() << "\"\n"
                     << "server.upload-dirs = ( \"" << folder.path() << "\" )\n"
                     << "server.errorlog = \"" << (folder / "error.log") << "\"\n"
                     << "server.bind = \"127.0.0.1\"\nserver.port = " << port << "\n"
                     << "server.modules = ( \"mod_alias\", \"mod_fastcgi\", \"mod_setenv\" )\n"
                     << lines;
                return text.str();
              },
          .command = [=](const std::string&, const std::string& file) -> std::vector<std::string> {
            return {program, "-D", "-f", file};
          },
          .files = {program}};
}

WebServerSetup caddy_setup(const std::string& site_lines) {
  const std::string program = "/usr/bin/caddy";
  return {.name = "caddy",
          .configuration =
              [=](std::uint16_t port, const TemporaryFolder& folder) {
                std::ostringstream text;
                text << "{\n\tadmin off\n\tauto_https off\n"
                     << "\tstorage file_system " << (folder / "storage") << "\n\tlog {\n"
                     << "\t\toutput file " << (folder / "error.log") << "\n\t}\n}\n"
                     << "http://:" << port << " {\n\tbind 127.0.0.1\n"
                     << site_lines << "\n}\n";
                return text.str();
              },
          .command = [=](const std::string&, const std::string& file) -> std::vector<std::string> {
            return {program, "run", "--config", file, "--adapter", "caddyfile"};
          },
          .files = {program}};
}

bool is_installed(const WebServerSetup& setup) {
  return std::all_of(setup.files.begin(), setup.files.end(),
                     [](const std::string& file) { return access(file.c_str(), R_OK) == 0; });
}

WebServerProcess::WebServerProcess(const WebServerSetup& setup) {
  chmod(folder_.path().c_str(), 0755);
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (try_port(setup)) return;
  }
  std::stringstream text;
  for (const char* log : {"output", "error.log"}) {
    std::ifstream file(folder_ / log);
    if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  }
  throw std::runtime_error(setup.name + ": " + text.str());
}

bool WebServerProcess::try_port(const WebServerSetup& setup) {
  port_ = free_port();
  const std::string file = folder_ / "configuration";
  std::ofstream(file) << setup.configuration(port_, folder_);
  const int output =
      open((folder_ / "output").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  child_.emplace(ChildOptions{.arguments = setup.command(folder_.path(), file),
                              .environment = {{"HOME", folder_.path()}},
                              .descriptors = {{1, output}, {2, output}}});
  close(output);
  // Until it answers or has ended.
  while (!child_->wait(std::chrono::milliseconds(20))) {
    if (http_exchange(port_, "GET /-/ HTTP/1.0\r\nConnection: close\r\n\r\n").status != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace masterkey2::testing
