// What the server does besides requests, in a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "service/services.hpp"

namespace masterkey2 {

/// Reads again what has changed of attestation files and provider names. Sentences for the log.
std::vector<std::string> reload_files(Services& services);

/// Re-reads key ring, epoch and the operator's files every 5 seconds; every minute forgets expired
/// rows, seals the audit chains, counts the storage's heartbeat up and gives free memory back to
/// the system. The thread runs from construction to destruction.
class Housekeeping {
 public:
  /// Called for what an operator should know, from this thread.
  using Log = std::function<void(std::string_view)>;
  /// Called for each chain that was sealed: to be kept where storage's keeper cannot change it.
  using Anchor = std::function<void(const AuditHead&)>;

  /// Looks every 5 seconds whether the storage was put back to an older state.
  struct StorageWatch {
    std::string anchor_path;  ///< see StorageAnchor; empty: nobody looks
    std::function<void(const std::string& sentence)> on_rollback;
  };

  Housekeeping(Services& services, Log log, Anchor anchor = {}, StorageWatch watch = {});
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;
  /// Ends the thread (waits for the storage call under way) and seals the audit chains: no
  /// request may run any more.
  ~Housekeeping();

  /// Does the first part at once, such as on SIGHUP. Thread-safe; does not wait.
  void hurry();

 private:
  void run(const std::stop_token& stop);
  void refresh();
  void purge(const std::stop_token& stop);
  void seal_audit();
  void look_for_rollback();
  void beat_heart();

  Services& services_;
  const Log log_;
  const Anchor anchor_;
  const StorageWatch watch_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool hurried_ = false;
  bool storage_was_down_ = false;
  std::jthread thread_;  ///< last: it uses the rest
};

}  // namespace masterkey2
