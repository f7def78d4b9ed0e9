// Requests to a web server as text, and its answers taken apart as they come.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace masterkey2::bench {

struct HttpReply {
  int status = 0;
  bool retry_after = false;  ///< whether it has that header
  bool last = false;         ///< the server closes the connection
  std::string body;
};

/// `path`: below /api/v1/. `headers`: lines that end with CRLF.
[[nodiscard]] std::string http_request(std::string_view method, std::string_view path,
                                       std::string_view headers, std::string_view body);

/// One answer after the other from the bytes of a connection.
class ReplyReader {
 public:
  enum class State { kMore, kWhole, kBroken };

  /// For the next answer.
  void restart();
  /// kBroken: this is no answer with a Content-Length. After kWhole comes `restart`.
  State take(std::string_view bytes);
  [[nodiscard]] HttpReply reply() const;

 private:
  std::string text_;  ///< what has arrived
  std::size_t head_ = std::string::npos;
  std::size_t whole_ = std::string::npos;
};

}  // namespace masterkey2::bench
