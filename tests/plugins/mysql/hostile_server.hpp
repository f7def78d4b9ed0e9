// A database server that nobody should trust: it does what the MySQL protocol allows it to try.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace masterkey2::testing {

class HostileServer {
 public:
  enum class Trick {
    kNoTls,      ///< says that it cannot encrypt, and waits for the login
    kLogin,      ///< asks for the password in clear
    kAskForFile  ///< lets anybody in, then answers a statement with a request for a file
  };

  /// On a port of 127.0.0.1. `file`: the file to ask for; `after`: commands that it answers first.
  explicit HostileServer(Trick trick, std::string file = {}, unsigned after = 0);
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;
  ~HostileServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// All bytes that clients have sent so far.
  [[nodiscard]] std::string received() const;
  /// How many times it has played its trick.
  [[nodiscard]] unsigned tries() const;

 private:
  void accept_all();
  void serve(int client);
  /// The next packet's content; false at the end.
  [[nodiscard]] bool read_packet(int client, std::string& content);

  Trick trick_;
  std::string file_;
  unsigned after_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  mutable std::mutex mutex_;
  std::string received_;
  unsigned tries_ = 0;
  std::thread thread_;
};

}  // namespace masterkey2::testing
