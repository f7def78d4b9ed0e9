#include "fcgi/listen_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace masterkey2 {
namespace {

constexpr int kBacklog = 4'096;

std::string failure(const std::string& what) { return what + ": " + std::strerror(errno); }

bool is_listening(int fd) {
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value == 1;
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

template <class Address>
const sockaddr* as_sockaddr(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// A sentence if `path` is taken by something that is alive or no socket; else it is free now.
std::optional<std::string> free_path(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? std::nullopt : std::optional(failure(path));
  }
  if (!S_ISSOCK(status.st_mode)) return path + " exists and is no socket";
  const UniqueFd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = unix_address(path);
  if (connect(probe.get(), as_sockaddr(address), sizeof address) == 0 || errno == EAGAIN) {
    return "another process listens on " + path;
  }
  if (errno != ECONNREFUSED) return failure(path);
  if (unlink(path.c_str()) != 0) return failure("removing " + path);
  return std::nullopt;
}

Result<ListenSocket, std::string> bind_unix(const ListenAddress& wanted, mode_t mode) {
  if (auto taken = free_path(wanted.path)) return *taken;
  ListenSocket result;
  result.name = "unix:" + wanted.path;
  result.fd.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!result.fd) return failure("socket");
  const sockaddr_un address = unix_address(wanted.path);
  // The mask, so that the socket never has a wider mode than wanted, not even for a moment.
  const mode_t old_mask = umask(~mode & 0777U);
  const int bound = bind(result.fd.get(), as_sockaddr(address), sizeof address);
  const int error = errno;
  umask(old_mask);
  errno = error;
  if (bound != 0) return failure("binding " + result.name);
  struct stat status {};
  if (stat(wanted.path.c_str(), &status) != 0) return failure(wanted.path);
  result.unix_path = wanted.path;
  result.device = status.st_dev;
  result.inode = status.st_ino;
  return result;
}

template <class Address>
Result<ListenSocket, std::string> bind_tcp(int family, const Address& address,
                                           const std::string& host) {
  ListenSocket result;
  result.fd.reset(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!result.fd) return failure("socket");
  const int on = 1;
  setsockopt(result.fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) setsockopt(result.fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(result.fd.get(), as_sockaddr(address), sizeof address) != 0) {
    return failure("binding " + host);
  }
  Address bound{};
  socklen_t size = sizeof bound;
  getsockname(result.fd.get(), reinterpret_cast<sockaddr*>(&bound), &size);
  in_port_t port = 0;
  if constexpr (std::is_same_v<Address, sockaddr_in6>) {
    port = bound.sin6_port;
  } else {
    port = bound.sin_port;
  }
  result.name = host + ":" + std::to_string(ntohs(port));
  return result;
}

Result<ListenSocket, std::string> bind_host(const ListenAddress& wanted) {
  if (wanted.host.find(':') != std::string::npos) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(wanted.port);
    if (inet_pton(AF_INET6, wanted.host.c_str(), &address.sin6_addr) != 1) {
      return wanted.host + " is no address";
    }
    return bind_tcp(AF_INET6, address, "[" + wanted.host + "]");
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(wanted.port);
  const std::string host = wanted.host == "localhost" ? "127.0.0.1" : wanted.host;
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return host + " is no address";
  return bind_tcp(AF_INET, address, host);
}

}  // namespace

std::optional<ListenSocket> take_inherited_socket() {
  if (!is_listening(STDIN_FILENO)) return std::nullopt;
  ListenSocket result;
  result.name = "fd 0";
  result.inherited = true;
  result.fd.reset(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!result.fd) return std::nullopt;
  // Never wait in accept for a connection that another process took. The gate sets O_NONBLOCK
  // before it accepts; where somebody who shares the socket clears it in between, this ends the
  // wait.
  const timeval at_once{.tv_sec = 0, .tv_usec = 1};
  setsockopt(result.fd.get(), SOL_SOCKET, SO_RCVTIMEO, &at_once, sizeof at_once);
  const UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (is_listening(fd) && null) dup2(null.get(), fd);
  }
  return result;
}

Result<ListenSocket, std::string> bind_socket(const ListenAddress& address, mode_t mode) {
  auto result = address.is_unix() ? bind_unix(address, mode) : bind_host(address);
  if (!result) return result;
  if (listen(result->fd.get(), kBacklog) != 0) return failure("listening on " + result->name);
  return result;
}

void remove_socket_file(const ListenSocket& socket) {
  if (socket.unix_path.empty()) return;
  struct stat status {};
  if (lstat(socket.unix_path.c_str(), &status) != 0) return;
  if (status.st_dev == socket.device && status.st_ino == socket.inode) {
    unlink(socket.unix_path.c_str());
  }
}

}  // namespace masterkey2
