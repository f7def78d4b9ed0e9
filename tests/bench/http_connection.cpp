#include "bench/http_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace masterkey2::bench {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kLength = "\r\nContent-Length: ";
constexpr std::string_view kClose = "\r\nConnection: close";

}  // namespace

void HttpConnection::connect() {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval patience{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to port " + std::to_string(port_));
  }
}

void HttpConnection::disconnect() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool HttpConnection::send(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t size = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

bool HttpConnection::receive(HttpReply& reply) {
  text_.clear();
  std::size_t head = std::string::npos;
  std::size_t whole = std::string::npos;
  while (whole == std::string::npos || text_.size() < whole) {
    char buffer[16'384];
    const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    text_.append(buffer, static_cast<std::size_t>(size));
    if (whole != std::string::npos) continue;
    head = text_.find(kEndOfHead);
    if (head == std::string::npos) continue;
    const std::size_t length = text_.find(kLength);
    if (length == std::string::npos || length > head) return false;
    whole = head + kEndOfHead.size() + std::stoul(text_.substr(length + kLength.size(), 10));
  }
  reply.status = std::stoi(text_.substr(9, 3));
  reply.body = text_.substr(head + kEndOfHead.size());
  if (text_.find(kClose) < head) disconnect();
  return true;
}

HttpReply HttpConnection::post(std::string_view path, std::string_view headers,
                               std::string_view body) {
  std::string text;
  text.append("POST /api/v1/").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
  text.append(headers);
  if (!body.empty()) text.append("Content-Type: application/json\r\n");
  text.append("Content-Length: ").append(std::to_string(body.size())).append(kEndOfHead);
  text.append(body);
  HttpReply reply;
  for (const bool kept : {fd_ >= 0, false}) {
    if (fd_ < 0) connect();
    if (send(text) && receive(reply)) return reply;
    disconnect();
    if (!kept) break;
  }
  throw std::runtime_error("no answer to " + std::string(path));
}

}  // namespace masterkey2::bench
