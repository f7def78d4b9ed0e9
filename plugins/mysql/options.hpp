// What the operator may write below `storage.options`.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "masterkey2/plugin.hpp"

namespace masterkey2::mysql {

struct MysqlOptions {
  std::string host;           ///< empty: by socket
  std::uint16_t port = 3306;  ///< of `host`
  std::string socket;         ///< absolute path; empty: by host
  std::string database;
  std::string user;
  std::string password_file;  ///< empty: no password (a login by the socket's peer, say)
  std::string tls_ca;
  std::string tls_cert;
  std::string tls_key;
  bool tls_required = true;         ///< over TCP
  bool tls_verify = true;           ///< the name in the server's certificate, too
  bool compound_statements = true;  ///< where the server knows them
  std::uint32_t pool_size = 16;
  /// After which a call gives up.
  std::chrono::seconds timeout{3};
};

/// kInvalidOptions names the option. Reads files of this host, but connects to nothing.
[[nodiscard]] StorageResult<MysqlOptions> read_options(const StorageOptions& options);

/// The first line of `path`: a regular file of ours or root's that others can neither read nor
/// write and the group cannot write. kInvalidOptions.
[[nodiscard]] StorageResult<std::string> read_password(const std::string& path);

}  // namespace masterkey2::mysql
