// The listening socket: inherited as file descriptor 0, or bound by us.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "config/listen_address.hpp"
#include "fcgi/unique_fd.hpp"
#include "masterkey2/result.hpp"

namespace masterkey2 {

/// Non-blocking, close-on-exec, above 2.
struct ListenSocket {
  UniqueFd fd;
  std::string name;  ///< for the log: `fd 0`, `unix:/path`, `127.0.0.1:9000`
  /// Others hold the same socket: it must not be shut down, and what waits in its backlog is served
  /// by them or by our successor.
  bool inherited = false;
  std::string unix_path;  ///< bound by us: to be removed at the end
  dev_t device = 0;       ///< of unix_path
  ino_t inode = 0;
};

/// Moves a listening socket away from descriptor 0 and puts /dev/null there (and on 1 and 2 where
/// they are that socket, too). Absent if 0 is none.
[[nodiscard]] std::optional<ListenSocket> take_inherited_socket();

/// Binds and listens. A unix socket appears with `mode` and replaces one that nobody listens on.
/// The error is one sentence.
[[nodiscard]] Result<ListenSocket, std::string> bind_socket(const ListenAddress& address,
                                                            mode_t mode);

/// Removes `unix_path` if it is still the socket that we made.
void remove_socket_file(const ListenSocket& socket);

}  // namespace masterkey2
