// Real web servers other than nginx, with a site of the test's own on a free port of 127.0.0.1.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

/// What tells one web server from another.
struct WebServerSetup {
  std::string name;
  /// The configuration for a port, with files of its own in a folder.
  std::function<std::string(std::uint16_t port, const TemporaryFolder& folder)> configuration;
  /// How it is run, with that configuration in `file`.
  std::function<std::vector<std::string>(const std::string& folder, const std::string& file)>
      command;
  std::vector<std::string> files;  ///< it needs these to be installed
};

/// With `modules` besides those that we document; `host_lines` go into the one virtual host.
/// Started by root, it runs as www-data.
[[nodiscard]] WebServerSetup apache_setup(const std::string& host_lines,
                                          const std::vector<std::string>& modules = {"proxy",
                                                                                     "proxy_fcgi"});
/// `lines` are at the top level.
[[nodiscard]] WebServerSetup lighttpd_setup(const std::string& lines);
/// `site_lines` are within the one site.
[[nodiscard]] WebServerSetup caddy_setup(const std::string& site_lines);

[[nodiscard]] bool is_installed(const WebServerSetup& setup);

class WebServerProcess {
 public:
  /// Serves when it returns; throws with what it logged if it cannot start.
  explicit WebServerProcess(const WebServerSetup& setup);

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  bool try_port(const WebServerSetup& setup);

  TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  std::optional<ChildProcess> child_;
};

}  // namespace masterkey2::testing
