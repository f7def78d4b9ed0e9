// A connection to a web server on which a test sends what it likes, when it likes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/nginx_process.hpp"

namespace masterkey2::testing {

class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);  ///< to 127.0.0.1
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  void send(std::string_view bytes) const;
  void end_sending() const;  ///< and still reads
  /// One answer but to HEAD, by its Content-Length or chunks, so that the connection can be used
  /// again; its body is without the chunks' lengths. Status 0 if the server closed before its end.
  [[nodiscard]] HttpAnswer receive();

 private:
  bool fill();
  bool receive_chunks(std::string& body);

  int fd_;
  std::string received_;
};

}  // namespace masterkey2::testing
