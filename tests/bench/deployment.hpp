// What is measured: our server on a store of its own, what a site would otherwise run, nginx in
// front.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/nginx_process.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::bench {

/// An installation as shipped, with one tenant: claims, audit, limits and log are on.
class Deployment {
 public:
  /// `storage`: plugin and options, as YAML in one line; empty: a flat-file store of its own.
  explicit Deployment(const std::string& storage);
  /// The installation of `other`, key ring and API key, on a store made of an export.
  Deployment(const Deployment& other, const std::string& storage, const std::string& export_file);

  /// While the server is stopped.
  void export_to(const std::string& file) const;

  /// Starts the server process. Seconds until it has answered its first request.
  double start();
  void stop() { server_.reset(); }

  [[nodiscard]] const std::string& api_key() const { return api_key_; }
  [[nodiscard]] std::string socket() const { return folder_ / "fastcgi"; }
  [[nodiscard]] pid_t pid() const { return server_->pid(); }

 private:
  void configure(const std::string& storage) const;
  /// masterkey2ctl's answer, as JSON. Throws if it fails.
  std::string ctl(const std::vector<std::string>& words) const;

  testing::TemporaryFolder folder_;
  std::string api_key_;
  std::optional<testing::ChildProcess> server_;
};

/// What a site would otherwise build (peer/server.mjs).
class Peer {
 public:
  /// `folder`: with node_modules; `framework`: express or fastify.
  Peer(const std::string& folder, const std::string& framework);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }

 private:
  std::unique_ptr<testing::ChildProcess> process_;
  std::uint16_t port_ = 0;
};

/// conf/nginx/masterkey2.conf as it is shipped.
[[nodiscard]] testing::NginxProcess::Contents shipped_front(const std::string& socket);
/// The same with connections to the server that are kept.
[[nodiscard]] testing::NginxProcess::Contents kept_front(const std::string& socket);
/// In front of an HTTP server, with connections that are kept.
[[nodiscard]] testing::NginxProcess::Contents http_front(std::uint16_t port);

}  // namespace masterkey2::bench
