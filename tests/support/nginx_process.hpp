// A real nginx with a configuration of the test's own, on a free port of 127.0.0.1.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

/// True if the program is installed.
[[nodiscard]] bool have_nginx();

class NginxProcess {
 public:
  struct Contents {
    std::string http;    ///< lines of the http block
    std::string server;  ///< lines of the one server block
    unsigned workers = 1;
    unsigned connections = 512;  ///< of each worker, those to the server among them
  };

  /// Serves when it returns; throws with nginx's error log if it cannot start.
  explicit NginxProcess(const Contents& contents);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return child_->pid(); }

 private:
  TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  std::optional<ChildProcess> child_;
};

struct HttpAnswer {
  int status = 0;
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  [[nodiscard]] std::string header(const std::string& name) const;  ///< empty if absent
};

/// Sends `text` as it is to 127.0.0.1:`port` and reads until the server closes; so `text` should
/// say `Connection: close`. Status 0 if there is no answer.
[[nodiscard]] HttpAnswer http_exchange(std::uint16_t port, const std::string& text);

/// Status 0 if `raw` is no answer with all its headers; what follows them is the body as it is.
[[nodiscard]] HttpAnswer parse_http_answer(const std::string& raw);

}  // namespace masterkey2::testing
