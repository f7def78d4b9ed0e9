#include "support/fastcgi_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace masterkey2::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

char byte(std::size_t value) { return static_cast<char>(value & 0xFFU); }

void append_length(std::string& out, std::size_t size) {
  if (size < 128) {
    out += byte(size);
  } else {
    out += {byte(size >> 24U | 0x80U), byte(size >> 16U), byte(size >> 8U), byte(size)};
  }
}

std::string stream(FastcgiType type, std::string_view content, std::uint16_t id) {
  std::string out;
  for (; !content.empty(); content.remove_prefix(std::min<std::size_t>(content.size(), 0xFFFF))) {
    out += fastcgi_record(type, content.substr(0, 0xFFFF), id);
  }
  return out + fastcgi_record(type, "", id);
}

bool wait_readable(int fd, steady_clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    const int count = poll(&ready, 1, static_cast<int>(std::max<long>(left, 0)));
    if (count < 0 && errno == EINTR) continue;
    return count > 0;
  }
}

int connected(int fd, const sockaddr* address, socklen_t size) {
  if (connect(fd, address, size) != 0) {
    close(fd);
    throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
  }
  return fd;
}

FastcgiAnswer parse_cgi(const std::string& text) {
  FastcgiAnswer answer;
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  answer.body = text.substr(end + 4);
  for (std::size_t begin = 0; begin < end;) {
    const std::size_t line_end = text.find("\r\n", begin);
    const std::string line = text.substr(begin, line_end - begin);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) {
      answer.headers.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
    begin = line_end + 2;
  }
  answer.status = std::atoi(answer.header("Status").c_str());
  return answer;
}

}  // namespace

std::string fastcgi_record(FastcgiType type, std::string_view content, std::uint16_t id) {
  std::string out = {byte(1),
                     byte(type),
                     byte(static_cast<std::size_t>(id) >> 8U),
                     byte(id),
                     byte(content.size() >> 8U),
                     byte(content.size()),
                     byte(0),
                     byte(0)};
  return out.append(content);
}

std::string fastcgi_begin(bool keep, std::uint16_t id) {
  const std::string content = {byte(0), byte(1), byte(keep ? 1 : 0), 0, 0, 0, 0, 0};
  return fastcgi_record(kFcgiBegin, content, id);
}

std::string fastcgi_pair(std::string_view name, std::string_view value) {
  std::string out;
  append_length(out, name.size());
  append_length(out, value.size());
  return out.append(name).append(value);
}

CgiParams cgi_params(const std::string& method, const std::string& target, const CgiParams& headers,
                     std::string_view body) {
  CgiParams params = {{"REQUEST_METHOD", method},
                      {"REQUEST_URI", target},
                      {"REMOTE_ADDR", "127.0.0.1"},
                      {"CONTENT_LENGTH", body.empty() ? "" : std::to_string(body.size())},
                      {"SERVER_PROTOCOL", "HTTP/1.1"}};
  params.insert(params.end(), headers.begin(), headers.end());
  return params;
}

std::string fastcgi_params_stream(const CgiParams& params, std::uint16_t id) {
  std::string content;
  for (const auto& [name, value] : params) content += fastcgi_pair(name, value);
  return stream(kFcgiParams, content, id);
}

std::string fastcgi_stdin_stream(std::string_view body, std::uint16_t id) {
  return stream(kFcgiStdin, body, id);
}

std::string fastcgi_bytes(const FastcgiRequest& request) {
  return fastcgi_begin(request.keep, request.id) +
         fastcgi_params_stream(request.params, request.id) +
         fastcgi_stdin_stream(request.body, request.id);
}

std::string FastcgiAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

FastcgiConnection::FastcgiConnection(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  fd_ = connected(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
                  reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

FastcgiConnection::FastcgiConnection(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  fd_ = connected(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                  reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

FastcgiConnection::~FastcgiConnection() {
  if (fd_ >= 0) close(fd_);
}

bool FastcgiConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool FastcgiConnection::read_exactly(std::string& out, std::size_t size,
                                     steady_clock::time_point deadline) {
  out.clear();
  while (out.size() < size) {
    if (!wait_readable(fd_, deadline)) return false;
    std::string part(size - out.size(), '\0');
    const ssize_t count = recv(fd_, part.data(), part.size(), 0);
    if (count <= 0) return false;
    out.append(part, 0, static_cast<std::size_t>(count));
  }
  return true;
}

std::optional<FastcgiAnswer> FastcgiConnection::read_answer(milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  const auto at = [](const std::string& text, std::size_t index) {
    return static_cast<std::size_t>(static_cast<std::uint8_t>(text[index]));
  };
  std::string text;
  std::string header;
  std::string content;
  while (read_exactly(header, 8, deadline)) {
    const std::size_t size = (at(header, 4) << 8U | at(header, 5)) + at(header, 6);
    if (!read_exactly(content, size, deadline)) return std::nullopt;
    if (at(header, 1) == kFcgiEnd) return parse_cgi(text);
    if (at(header, 1) == kFcgiStdout) text += content.substr(0, size - at(header, 6));
  }
  return std::nullopt;
}

bool FastcgiConnection::readable(milliseconds time) const {
  return wait_readable(fd_, steady_clock::now() + time);
}

std::optional<FastcgiAnswer> FastcgiConnection::ask(const FastcgiRequest& request) {
  if (!send(fastcgi_bytes(request))) return std::nullopt;
  return read_answer();
}

bool FastcgiConnection::wait_for_close(milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  std::string buffer(4'096, '\0');
  while (wait_readable(fd_, deadline)) {
    if (recv(fd_, buffer.data(), buffer.size(), 0) <= 0) return true;
  }
  return false;
}

void FastcgiConnection::stop_sending() { shutdown(fd_, SHUT_WR); }

}  // namespace masterkey2::testing
