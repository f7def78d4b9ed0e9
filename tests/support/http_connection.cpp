#include "support/http_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace masterkey2::testing {

HttpConnection::HttpConnection(std::uint16_t port)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{.tv_sec = 30, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd_);
    throw std::runtime_error("no connection to the web server");
  }
}

HttpConnection::~HttpConnection() { close(fd_); }

void HttpConnection::send(std::string_view bytes) const {
  // A refusal may come before all is sent.
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void HttpConnection::end_sending() const { shutdown(fd_, SHUT_WR); }

bool HttpConnection::fill() {
  char buffer[16'384];
  const ssize_t count = recv(fd_, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  received_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

HttpAnswer HttpConnection::receive() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  HttpAnswer answer = parse_http_answer(received_.substr(0, end + 4));
  received_.erase(0, end + 4);
  if (answer.header("transfer-encoding") == "chunked") {
    return receive_chunks(answer.body) ? answer : HttpAnswer();
  }
  const std::string length = answer.header("content-length");
  if (length.empty() && answer.header("connection") == "close") {
    while (fill()) {
    }
    answer.body = std::exchange(received_, {});
    return answer;
  }
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (received_.size() < size) {
    if (!fill()) return {};
  }
  answer.body = received_.substr(0, size);
  received_.erase(0, size);
  return answer;
}

bool HttpConnection::receive_chunks(std::string& body) {
  while (true) {
    std::size_t line = 0;
    while ((line = received_.find("\r\n")) == std::string::npos) {
      if (!fill()) return false;
    }
    const std::size_t size = std::stoul(received_.substr(0, line), nullptr, 16);
    while (received_.size() < line + 2 + size + 2) {
      if (!fill()) return false;
    }
    body += received_.substr(line + 2, size);
    received_.erase(0, line + 2 + size + 2);
    if (size == 0) return true;
  }
}

}  // namespace masterkey2::testing
