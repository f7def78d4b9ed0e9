#include "support/nginx_process.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace masterkey2::testing {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const char* nginx_path() {
  for (const char* path : {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return nullptr;
}

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

bool have_nginx() { return nginx_path() != nullptr; }

NginxProcess::NginxProcess(const Contents& contents) {
  // We choose the port by binding it, and nginx inherits the socket ($NGINX): nobody can come
  // between.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 512) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for nginx");
  }
  port_ = ntohs(address.sin_port);

  const std::string configuration = folder_ / "nginx.conf";
  const std::string error_log = folder_ / "error.log";
  std::ofstream(configuration) << (geteuid() == 0 ? "user root;\n" : "")
                               << "daemon off;\nworker_processes " << contents.workers << ";\n"
                               << "pid " << (folder_ / "pid") << ";\n"
                               << "error_log " << error_log << ";\n"
                               << "events { worker_connections " << contents.connections << "; }\n"
                               << "http {\n  access_log off;\n"
                               << "  client_body_temp_path " << (folder_ / "body") << ";\n"
                               << "  fastcgi_temp_path " << (folder_ / "fastcgi") << ";\n"
                               << "  proxy_temp_path " << (folder_ / "proxy") << ";\n"
                               << "  uwsgi_temp_path " << (folder_ / "uwsgi") << ";\n"
                               << "  scgi_temp_path " << (folder_ / "scgi") << ";\n"
                               << contents.http << "\n  server {\n    listen 127.0.0.1:" << port_
                               << ";\n"
                               << contents.server << "\n  }\n}\n";
  child_.emplace(ChildOptions{
      .arguments = {nginx_path(), "-p", folder_.path(), "-c", configuration, "-e", error_log},
      .environment = {{"NGINX", "3;"}},
      .descriptors = {{3, listener}}});
  close(listener);
  // The socket listens already, so this waits in its backlog until nginx serves.
  const HttpAnswer answer = http_exchange(port_, "GET /-/ HTTP/1.0\r\nConnection: close\r\n\r\n");
  if (answer.status == 0) throw std::runtime_error("nginx: " + file_text(error_log));
}

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

HttpAnswer http_exchange(std::uint16_t port, const std::string& text) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const sockaddr_in address = loopback(port);
  std::string raw;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    // A refusal may come before all is sent.
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t count = send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) break;
      sent += static_cast<std::size_t>(count);
    }
    char buffer[16'384];
    for (ssize_t count = 0; (count = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      raw.append(buffer, static_cast<std::size_t>(count));
    }
  }
  close(fd);
  return parse_http_answer(raw);
}

HttpAnswer parse_http_answer(const std::string& raw) {
  HttpAnswer answer;
  const std::size_t end = raw.find("\r\n\r\n");
  if (end == std::string::npos || raw.size() < 12) return answer;
  answer.status = std::stoi(raw.substr(9, 3));
  answer.body = raw.substr(end + 4);
  for (std::size_t begin = raw.find("\r\n") + 2; begin < end;) {
    const std::size_t line_end = raw.find("\r\n", begin);
    const std::size_t colon = std::min(raw.find(": ", begin), line_end);
    std::string name = raw.substr(begin, colon - begin);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    answer.headers.emplace(std::move(name), raw.substr(std::min(colon + 2, line_end),
                                                       line_end - std::min(colon + 2, line_end)));
    begin = line_end + 2;
  }
  return answer;
}

}  // namespace masterkey2::testing
