// A whole installation for one test: a store, a key ring, one tenant, server processes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/acceptance/child_process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace masterkey2::testing {

inline constexpr const char* kSiteOrigin = "http://localhost:8080";
inline constexpr const char* kSiteRpId = "localhost";

/// Made with the operator's own commands.
class Installation {
 public:
  Installation() : Installation(std::string()) {}
  /// `storage`: plugin and options, as YAML in one line; empty: a flat-file store in store().
  explicit Installation(const std::string& storage);

  /// Starts `count` server processes, each on a socket of its own, and waits until all are ready.
  void start(unsigned count);
  /// One process for each of `storages`: several ways to the storage that the installation was made
  /// in.
  void start_on(const std::vector<std::string>& storages);
  /// kill -9 of all processes at once, and waits for their end.
  void kill_all();
  /// SIGTERM; the exit codes.
  std::vector<int> stop_all();

  /// The operator's tool; whatever its exit code.
  [[nodiscard]] CommandResult ctl(const std::vector<std::string>& arguments) const;
  [[nodiscard]] const std::string& api_key() const { return api_key_; }
  [[nodiscard]] std::string socket(unsigned process) const;
  [[nodiscard]] std::string store() const { return folder_ / "store"; }
  [[nodiscard]] std::string log() const { return folder_ / "log"; }
  /// The bytes of all files of the store.
  [[nodiscard]] std::uintmax_t store_size() const;

 private:
  [[nodiscard]] std::string write_config(const std::string& name, const std::string& storage) const;
  /// A server process for each of the configurations.
  void start_with(const std::vector<std::string>& configs);

  TemporaryFolder folder_;
  std::string api_key_;
  std::vector<ChildProcess> processes_;
};

}  // namespace masterkey2::testing
