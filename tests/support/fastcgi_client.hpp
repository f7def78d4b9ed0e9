// A web server's side of FastCGI, able to break every rule of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace masterkey2::testing {

enum FastcgiType : std::uint8_t {
  kFcgiBegin = 1,
  kFcgiAbort = 2,
  kFcgiEnd = 3,
  kFcgiParams = 4,
  kFcgiStdin = 5,
  kFcgiStdout = 6,
  kFcgiGetValues = 9,
};

/// One record; `content` at most 65,535 bytes.
[[nodiscard]] std::string fastcgi_record(FastcgiType type, std::string_view content,
                                         std::uint16_t id = 1);
/// FCGI_BEGIN_REQUEST of a responder.
[[nodiscard]] std::string fastcgi_begin(bool keep = false, std::uint16_t id = 1);
/// One name-value pair of the FCGI_PARAMS stream.
[[nodiscard]] std::string fastcgi_pair(std::string_view name, std::string_view value);

using CgiParams = std::vector<std::pair<std::string, std::string>>;

/// What a web server sends for a request: method, target, address, length, and `headers` as CGI
/// names.
[[nodiscard]] CgiParams cgi_params(const std::string& method, const std::string& target,
                                   const CgiParams& headers = {}, std::string_view body = "");

struct FastcgiRequest {
  CgiParams params;
  std::string body;
  bool keep = false;
  std::uint16_t id = 1;
};

/// The whole request as bytes.
[[nodiscard]] std::string fastcgi_bytes(const FastcgiRequest& request);
[[nodiscard]] std::string fastcgi_params_stream(const CgiParams& params, std::uint16_t id = 1);
[[nodiscard]] std::string fastcgi_stdin_stream(std::string_view body, std::uint16_t id = 1);

struct FastcgiAnswer {
  int status = 0;
  std::multimap<std::string, std::string> headers;
  std::string body;
  [[nodiscard]] std::string header(const std::string& name) const;  ///< empty if absent
};

class FastcgiConnection {
 public:
  /// Connects to a unix socket; throws if that fails.
  explicit FastcgiConnection(const std::string& path);
  /// Connects to 127.0.0.1.
  explicit FastcgiConnection(std::uint16_t port);
  FastcgiConnection(FastcgiConnection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FastcgiConnection& operator=(FastcgiConnection&&) = delete;
  ~FastcgiConnection();

  /// False if the peer does not take all of it.
  bool send(std::string_view bytes);
  /// Up to FCGI_END_REQUEST. Absent if the connection ends or time runs out before that.
  [[nodiscard]] std::optional<FastcgiAnswer> read_answer(
      std::chrono::milliseconds time = std::chrono::seconds(20));
  /// Something has arrived, or the connection has ended.
  [[nodiscard]] bool readable(std::chrono::milliseconds time) const;
  [[nodiscard]] std::optional<FastcgiAnswer> ask(const FastcgiRequest& request);
  /// Waits for the peer to close, reading whatever comes.
  [[nodiscard]] bool wait_for_close(std::chrono::milliseconds time = std::chrono::seconds(20));
  void stop_sending();

 private:
  /// False at the end of the connection or of the time.
  bool read_exactly(std::string& out, std::size_t size,
                    std::chrono::steady_clock::time_point deadline);
  int fd_ = -1;
};

}  // namespace masterkey2::testing
