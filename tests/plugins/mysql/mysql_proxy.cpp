#include "plugins/mysql/mysql_proxy.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace masterkey2::testing {
namespace {

constexpr std::size_t kHeaderSize = 4;  ///< length (3 bytes, little-endian), sequence number

// First byte of a command (MySQL client/server protocol).
constexpr char kQuit = 0x01;
constexpr char kQuery = 0x03;
constexpr char kPrepare = 0x16;
constexpr char kSendLongData = 0x18;
constexpr char kCloseStatement = 0x19;

/// "You have an error in your SQL syntax", the first packet that answers a command.
const std::string kSyntaxError = [] {
  const std::string body = std::string("\xFF\x28\x04") + "#42000not here";
  return std::string{static_cast<char>(body.size()), 0, 0, 1} + body;
}();

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

bool send_all(int fd, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t size = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) return false;
    sent += static_cast<std::size_t>(size);
  }
  return true;
}

/// Appends what there is; false at the end.
bool receive(int fd, std::string& bytes) {
  std::array<char, 65536> piece{};
  const ssize_t size = ::recv(fd, piece.data(), piece.size(), 0);
  if (size <= 0) return false;
  bytes.append(piece.data(), static_cast<std::size_t>(size));
  return true;
}

/// Size of the packet at the start of `bytes` with its header; 0 while it is not complete.
std::size_t packet_size(const std::string& bytes) {
  if (bytes.size() < kHeaderSize) return 0;
  const auto at = [&bytes](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  const std::size_t size = kHeaderSize + (at(0) | at(1) << 8 | at(2) << 16);
  return bytes.size() < size ? 0 : size;
}

}  // namespace

struct MysqlProxy::Link {
  int client;
  int server;
  std::string from_client;
};

MysqlProxy::MysqlProxy(std::string upstream) : upstream_(std::move(upstream)) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(socket());
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 64) != 0 || ::pipe2(wake_, O_CLOEXEC) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  acceptor_ = std::thread([this] { accept_all(); });
}

MysqlProxy::~MysqlProxy() {
  ::close(wake_[1]);
  acceptor_.join();
  for (std::thread& link : links_) link.join();
  ::close(wake_[0]);
  ::close(listener_);
  if (delayed_ >= 0) ::close(delayed_);
}

void MysqlProxy::set_upstream(const std::string& upstream) {
  const std::lock_guard lock(mutex_);
  upstream_ = upstream;
}

void MysqlProxy::release() {
  const std::lock_guard lock(mutex_);
  std::string answer;
  if (!send_all(delayed_, delayed_command_) || !receive(delayed_, answer)) {
    throw std::runtime_error("the delayed command was not answered");
  }
}

void MysqlProxy::release_before(const std::string& text) {
  const std::lock_guard lock(mutex_);
  release_before_ = text;
}

bool MysqlProxy::releases(const std::string& command) {
  const std::lock_guard lock(mutex_);
  if (release_before_.empty() || delayed_ < 0) return false;
  if (command.find(release_before_) == std::string::npos) return false;
  release_before_.clear();
  return true;
}

void MysqlProxy::cut_commit(Cut cut) {
  const std::lock_guard lock(mutex_);
  cut_ = cut;
  cut_at_ = 0;
}

void MysqlProxy::cut_command(std::uint64_t number, Cut cut) {
  const std::lock_guard lock(mutex_);
  cut_ = cut;
  cut_at_ = number;
}

void MysqlProxy::accept_all() {
  while (true) {
    std::array<pollfd, 2> waiting = {{{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[1].revents != 0) return;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) links_.emplace_back([this, client] { serve(client); });
  }
}

void MysqlProxy::serve(int client) {
  Link link{client, ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), {}};
  const sockaddr_un address = [this] {
    const std::lock_guard lock(mutex_);
    return address_of(upstream_);
  }();
  bool open =
      ::connect(link.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open) {
    std::array<pollfd, 3> waiting = {
        {{client, POLLIN, 0}, {link.server, POLLIN, 0}, {wake_[0], POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[2].revents != 0) break;
    if (waiting[1].revents != 0) {
      std::string answer;
      open = receive(link.server, answer) && send_all(client, answer);
    }
    if (open && waiting[0].revents != 0) open = receive(client, link.from_client);
    while (open && packet_size(link.from_client) > 0) open = forward_command(link);
  }
  ::close(client);
  ::close(link.server);
}

bool MysqlProxy::forward_command(Link& link) {
  const std::size_t size = packet_size(link.from_client);
  const std::string packet = link.from_client.substr(0, size);
  link.from_client.erase(0, size);
  const bool is_command = packet[3] == 0 && size > kHeaderSize;
  const char command = is_command ? packet[kHeaderSize] : '\0';
  Cut cut = Cut::kNone;
  if (is_command && command != kQuit && command != kSendLongData && command != kCloseStatement) {
    ++count_;
    if (const int delay = delay_ms_; delay > 0) {
      pollfd end{wake_[0], POLLIN, 0};
      ::poll(&end, 1, delay);
    }
    if (releases(packet.substr(kHeaderSize))) release();
    cut = cut_for(packet.substr(kHeaderSize));
  }
  if (cut == Cut::kBefore) return false;
  if (refuses_compound_ && command == kPrepare &&
      packet.compare(kHeaderSize + 1, 5, "BEGIN") == 0) {
    return send_all(link.client, kSyntaxError);
  }
  if (cut == Cut::kDelay) {
    {
      const std::lock_guard lock(mutex_);
      delayed_ = ::dup(link.server);
      delayed_command_ = packet;
    }
    if (at_delay_) at_delay_();
    return false;
  }
  if (!send_all(link.server, packet)) return false;
  if (cut == Cut::kAfter) {
    std::string answer;
    static_cast<void>(receive(link.server, answer));
    return false;
  }
  return true;
}

MysqlProxy::Cut MysqlProxy::cut_for(const std::string& command) {
  const std::lock_guard lock(mutex_);
  if (cut_ == Cut::kNone) return Cut::kNone;
  if (cut_at_ == 0) {
    if (command[0] != kQuery || command.substr(1) != "COMMIT") return Cut::kNone;
  } else if (--cut_at_ > 0) {
    return Cut::kNone;
  }
  return std::exchange(cut_, Cut::kNone);
}

}  // namespace masterkey2::testing
