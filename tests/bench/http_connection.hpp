// A kept HTTP/1.1 connection to a web server on this machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/http_message.hpp"

namespace masterkey2::bench {

/// One thread at a time.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port) : port_(port) {}
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection() { disconnect(); }

  /// As http_request has it. Connects when needed, once more if the server has closed. Throws if
  /// there is no whole answer with a Content-Length.
  HttpReply ask(std::string_view method, std::string_view path, std::string_view headers,
                std::string_view body);
  HttpReply post(std::string_view path, std::string_view headers, std::string_view body) {
    return ask("POST", path, headers, body);
  }

 private:
  void connect();
  void disconnect();
  bool send(std::string_view text) const;
  bool receive();

  std::uint16_t port_;
  int fd_ = -1;
  ReplyReader reader_;
};

}  // namespace masterkey2::bench
