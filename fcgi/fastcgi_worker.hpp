// Serves one request after the other from connections that the gate hands over.
#pragma once

#include <chrono>
#include <vector>

#include "fcgi/event_log.hpp"
#include "fcgi/fastcgi_gate.hpp"
#include "fcgi/io_watchdog.hpp"
#include "fcgi/ready_queue.hpp"
#include "fcgi/router.hpp"

namespace masterkey2 {

/// Once a process, before the first worker and while there is one thread. Afterwards SIGPIPE is
/// ignored and libfcgi's signal handlers are gone.
void initialize_fastcgi_library();

struct WorkerContext {
  ReadyQueue& queue;
  FastcgiGate& gate;
  IoWatchdog& watchdog;
  const Router& router;
  EventLog& log;
  std::chrono::milliseconds receive_time;
};

/// Returns once the queue is closed and empty.
void run_fastcgi_worker(const WorkerContext& context);

}  // namespace masterkey2
