// The FastCGI server: one gate, some workers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "fcgi/event_log.hpp"
#include "fcgi/fastcgi_gate.hpp"
#include "fcgi/fastcgi_worker.hpp"
#include "fcgi/router.hpp"

namespace masterkey2 {

struct ServerOptions {
  unsigned workers = 16;
  /// Requests that may wait for a worker; the next one is answered `overloaded` at once. 0: as the
  /// number of workers asks for.
  std::size_t queue_capacity = 0;
  GateOptions gate;
};

/// `initialize_fastcgi_library` comes first.
class FcgiServer {
 public:
  /// `router` and `log` must outlive it.
  FcgiServer(ListenSocket socket, const Router& router, EventLog& log,
             const ServerOptions& options);
  FcgiServer(const FcgiServer&) = delete;
  FcgiServer& operator=(const FcgiServer&) = delete;
  /// Drains if that has not happened.
  ~FcgiServer();

  /// Stops accepting; what was accepted is served. Any thread.
  void drain() { gate_.drain(); }

  /// Whether anything stands still since the last call (the first call says no): the gate has not
  /// turned, or requests wait and no worker has taken one. One thread, a second or more apart.
  [[nodiscard]] bool stands_still();

  /// Waits until it has drained. False if requests were still in work when the time for that was
  /// over: their threads run on, and the process can only end.
  [[nodiscard]] bool wait();

 private:
  ReadyQueue queue_;
  std::deque<IoWatchdog> watchdogs_;
  FastcgiGate gate_;
  std::deque<WorkerContext> contexts_;
  bool clean_ = false;
  std::uint64_t turns_ = 0;  ///< of the gate, as `stands_still` saw them
  std::uint64_t taken_ = 0;  ///< by workers
  bool looked_ = false;
  std::vector<std::thread> workers_;
  std::thread gate_thread_;
};

}  // namespace masterkey2
