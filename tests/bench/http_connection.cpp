#include "bench/http_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace masterkey2::bench {
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

bool HttpConnection::receive() {
  reader_.restart();
  while (true) {
    char buffer[16'384];
    const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    const auto state = reader_.take({buffer, static_cast<std::size_t>(size)});
    if (state != ReplyReader::State::kMore) return state == ReplyReader::State::kWhole;
  }
}

HttpReply HttpConnection::ask(std::string_view method, std::string_view path,
                              std::string_view headers, std::string_view body) {
  const std::string text = http_request(method, path, headers, body);
  for (const bool kept : {fd_ >= 0, false}) {
    if (fd_ < 0) connect();
    if (send(text) && receive()) {
      HttpReply reply = reader_.reply();
      if (reply.last) disconnect();
      return reply;
    }
    disconnect();
    if (!kept) break;
  }
  throw std::runtime_error("no answer to " + std::string(path));
}

}  // namespace masterkey2::bench
