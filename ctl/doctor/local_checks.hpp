// What can be seen on this host without the store.
#pragma once

#include "config/config.hpp"
#include "ctl/doctor/finding.hpp"

namespace masterkey2::ctl {

/// base_url is no longer the shipped example.
[[nodiscard]] Finding check_base_url(const Config& config, const std::string& file);

/// Strangers' forwarding headers are not believed.
[[nodiscard]] Finding check_proxies(const Config& config, const std::string& file);

/// The system's clock is kept right by somebody.
[[nodiscard]] Finding check_clock();

/// The FastCGI socket exists, a web server may open it, and nobody else.
[[nodiscard]] Finding check_socket(const Config& config);

/// No web server's user is in the server's group, which may read its secrets.
[[nodiscard]] Finding check_group(const std::string& group);

/// The plugin's file is there, is root's, and belongs to this version.
[[nodiscard]] Finding check_plugin(const Config& config);

/// Store and key ring, in files, belong to one user: what root has copied back, the server cannot
/// open. (This program as root becomes the store's owner.)
[[nodiscard]] Finding check_owner(const Config& config);

/// Room on the file system that `path` is on.
[[nodiscard]] Finding check_space(const std::string& path);

}  // namespace masterkey2::ctl
