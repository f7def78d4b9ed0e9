// A kept HTTP/1.1 connection to a web server on this machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace masterkey2::bench {

struct HttpReply {
  int status = 0;
  std::string body;
};

/// One thread at a time.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port) : port_(port) {}
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection() { disconnect(); }

  /// POST; `headers` as lines that end with CRLF. Connects when needed, once more if the server has
  /// closed. Throws if there is no whole answer with a Content-Length.
  HttpReply post(std::string_view path, std::string_view headers, std::string_view body);

 private:
  void connect();
  void disconnect();
  bool send(std::string_view text) const;
  bool receive(HttpReply& reply);

  std::uint16_t port_;
  int fd_ = -1;
  std::string text_;  ///< what has arrived
};

}  // namespace masterkey2::bench
