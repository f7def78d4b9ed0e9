#include "support/apache_process.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/nginx_process.hpp"

namespace masterkey2::testing {
namespace {

constexpr const char* kProgram = "/usr/sbin/apache2";
constexpr std::array<const char*, 6> kModules = {"mpm_event", "authz_core", "alias",
                                                 "headers",   "proxy",      "proxy_fcgi"};

std::string module_path(const std::string& name) {
  return "/usr/lib/apache2/modules/mod_" + name + ".so";
}

/// One that was free a moment ago: Apache takes no socket from us.
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

bool have_apache() {
  if (access(kProgram, X_OK) != 0) return false;
  for (const char* name : kModules) {
    if (access(module_path(name).c_str(), R_OK) != 0) return false;
  }
  return true;
}

ApacheProcess::ApacheProcess(const std::string& host_lines) {
  chmod(folder_.path().c_str(), 0755);
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (try_port(host_lines)) return;
  }
  std::ifstream file(folder_ / "error.log");
  std::stringstream text;
  text << file.rdbuf();
  throw std::runtime_error("apache: " + text.str());
}

bool ApacheProcess::try_port(const std::string& host_lines) {
  port_ = free_port();
  const std::string configuration = folder_ / "apache.conf";
  std::ofstream file(configuration);
  file << "ServerName localhost\nListen 127.0.0.1:" << port_ << "\nPidFile " << (folder_ / "pid")
       << "\nErrorLog " << (folder_ / "error.log") << "\nDefaultRuntimeDir " << folder_.path()
       << "\nDocumentRoot " << folder_.path() << "\n";
  if (geteuid() == 0) file << "User www-data\nGroup www-data\n";
  for (const char* name : kModules) {
    file << "LoadModule " << name << "_module " << module_path(name) << "\n";
  }
  file << "<VirtualHost 127.0.0.1:" << port_ << ">\n" << host_lines << "\n</VirtualHost>\n";
  file.close();
  child_.emplace(ChildOptions{
      .arguments = {kProgram, "-D", "FOREGROUND", "-d", folder_.path(), "-f", configuration}});
  // Until it answers or has ended.
  while (!child_->wait(std::chrono::milliseconds(20))) {
    if (http_exchange(port_, "GET /-/ HTTP/1.0\r\nConnection: close\r\n\r\n").status != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace masterkey2::testing
