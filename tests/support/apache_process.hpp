// A real Apache with a virtual host of the test's own, on a free port of 127.0.0.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

/// True if program and the modules that we document are installed.
[[nodiscard]] bool have_apache();

class ApacheProcess {
 public:
  /// Serves when it returns; throws with Apache's error log if it cannot start. `host_lines` go
  /// into the one virtual host. Started by root, it runs as www-data.
  explicit ApacheProcess(const std::string& host_lines);

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  bool try_port(const std::string& host_lines);

  TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  std::optional<ChildProcess> child_;
};

}  // namespace masterkey2::testing
