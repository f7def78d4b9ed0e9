#include "plugins/mysql/hostile_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace masterkey2::testing {
namespace {

using namespace std::string_literals;

// Capabilities (MySQL client/server protocol): 4.1 protocol, database, plugin
// authentication, LOAD DATA LOCAL; not TLS.
const std::string kLowCapabilities = "\x89\x82"s;
const std::string kHighCapabilities = "\x08\x00"s;
const std::string kOk = "\x00\x00\x00\x02\x00\x00\x00"s;

bool send_packet(int client, const std::string& content, unsigned number) {
  const std::string packet = {static_cast<char>(content.size()), '\0', '\0',
                              static_cast<char>(number)};
  return ::send(client, (packet + content).data(), packet.size() + content.size(), MSG_NOSIGNAL) >
         0;
}

std::string greeting() {
  return "\x0A"s + "10.11.0-MariaDB\0"s + "\x01\x00\x00\x00"s + "12345678\0"s + kLowCapabilities +
         "\x3F\x02\x00"s + kHighCapabilities + "\x15"s + std::string(10, '\0') + "123456789012\0"s +
         "mysql_native_password\0"s;
}

}  // namespace

HostileServer::HostileServer(Trick trick, std::string file, unsigned after)
    : trick_(trick), file_(std::move(file)), after_(after) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the hostile server cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { accept_all(); });
}

HostileServer::~HostileServer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string HostileServer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

unsigned HostileServer::tries() const {
  const std::lock_guard lock(mutex_);
  return tries_;
}

void HostileServer::accept_all() {
  int client = -1;
  while ((client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
    serve(client);
    ::close(client);
  }
}

void HostileServer::serve(int client) {
  const auto tried = [this] {
    const std::lock_guard lock(mutex_);
    ++tries_;
  };
  if (!send_packet(client, greeting(), 0)) return;
  if (trick_ == Trick::kNoTls) tried();
  std::string content;
  if (!read_packet(client, content)) return;
  if (trick_ == Trick::kLogin) {
    tried();
    static_cast<void>(send_packet(client, "\xFE"s + "mysql_clear_password\0"s, 2) &&
                      read_packet(client, content));
    return;
  }
  if (!send_packet(client, kOk, 2)) return;
  for (unsigned command = 0; read_packet(client, content); ++command) {
    if (command < after_) {
      if (!send_packet(client, kOk, 1)) return;
      continue;
    }
    tried();
    if (!send_packet(client, "\xFB"s + file_, 1)) return;
    while (read_packet(client, content) && !content.empty()) continue;
    return;
  }
}

bool HostileServer::read_packet(int client, std::string& content) {
  const auto read = [&](std::size_t size) {
    content.resize(size);
    if (size == 0) return true;
    const ssize_t count = ::recv(client, content.data(), size, MSG_WAITALL);
    const std::lock_guard lock(mutex_);
    received_.append(content.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
    return count == static_cast<ssize_t>(size);
  };
  if (!read(4)) return false;
  const auto at = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(content[i]));
  };
  return read(at(0) | at(1) << 8 | at(2) << 16);
}

}  // namespace masterkey2::testing
