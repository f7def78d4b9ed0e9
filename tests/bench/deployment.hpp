// What is measured: our server on a store of its own, what a site would otherwise run, nginx in
// front.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/visitors.hpp"
#include "plugins/mysql/mariadb_server.hpp"
#include "support/child_process.hpp"
#include "support/nginx_process.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::bench {

enum class Limits : std::uint8_t {
  kOutOfReach,  ///< counted, and never used up
  kShipped,
};

/// An installation as shipped, with one tenant: claims, audit, limits and log are on.
class Deployment {
 public:
  /// `storage`: plugin and options, as YAML in one line; empty: a flat-file store of its own.
  explicit Deployment(const std::string& storage);
  /// The installation of `other`, key ring and API key, on a store made of an export.
  Deployment(const Deployment& other, const std::string& storage, const std::string& export_file);

  /// One more. Its API key.
  [[nodiscard]] std::string add_tenant() const;
  /// From the next start on; before, they are out of reach.
  void limit(Limits limits);
  /// From the next start on; before, as many as shipped.
  void set_workers(unsigned workers);

  /// While the server is stopped.
  void export_to(const std::string& file) const;

  /// Starts the server process. Seconds until it has answered its first request.
  double start();
  void stop() { server_.reset(); }

  /// What its log says about requests that it could not serve: how often which reason.
  [[nodiscard]] std::map<std::string, std::size_t> failures() const;

  [[nodiscard]] const std::string& api_key() const { return api_key_; }
  [[nodiscard]] std::string socket() const { return folder_ / "fastcgi"; }
  /// Of the flat file.
  [[nodiscard]] std::string store() const { return folder_ / "store"; }
  [[nodiscard]] pid_t pid() const { return server_->pid(); }

 private:
  void configure() const;
  /// masterkey2ctl's answer, as JSON. Throws if it fails.
  std::string ctl(const std::vector<std::string>& words) const;

  testing::TemporaryFolder folder_;
  std::string storage_;
  Limits limits_ = Limits::kOutOfReach;
  unsigned workers_ = 16;
  std::string api_key_;
  std::optional<testing::ChildProcess> server_;
};

/// How the MariaDB of a benchmark is started: as a package starts it, with the sizes that it has by
/// itself, and durable. The tests' own options save time.
[[nodiscard]] std::vector<std::string> mariadb_options();

/// Makes a database. The storage of a Deployment in it.
[[nodiscard]] std::string mysql_storage(const testing::MariadbServer& server,
                                        const std::string& database);

/// What a site would otherwise build (peer/).
class Peer {
 public:
  /// `command` is called with an origin and an RP ID, and prints its port.
  explicit Peer(std::vector<std::string> command);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }

 private:
  std::unique_ptr<testing::ChildProcess> process_;
  std::uint16_t port_ = 0;
};

/// conf/nginx/masterkey2.conf as it is shipped.
[[nodiscard]] testing::NginxProcess::Contents shipped_front(const std::string& socket);
/// The same with so many connections to the server that are kept.
[[nodiscard]] testing::NginxProcess::Contents kept_front(const std::string& socket,
                                                         std::size_t kept = kConnections);
/// In front of an HTTP server, with connections that are kept.
[[nodiscard]] testing::NginxProcess::Contents http_front(std::uint16_t port);

}  // namespace masterkey2::bench
