#include "fcgi/fcgi_server.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace masterkey2 {
namespace {

/// A tenant alone fills a quarter of the places with what begins something: 256 calls with 16
/// workers.
constexpr std::size_t kQueuedForEachWorker = 64;
/// A page that wakes up on many devices at once is no flood, whatever serves it.
constexpr std::size_t kQueuedAtLeast = 512;
/// Descriptors that are not connections: storage, log, libraries.
constexpr std::size_t kOtherDescriptors = 256;

/// As many connections as the process may have descriptors for.
GateOptions fitted(GateOptions options) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return options;
  const std::size_t allowed = limit.rlim_cur;
  const std::size_t room =
      allowed > 2 * kOtherDescriptors ? allowed - kOtherDescriptors : allowed / 2;
  options.max_connections = std::min(options.max_connections, room);
  return options;
}

}  // namespace

FcgiServer::FcgiServer(ListenSocket socket, const Router& router, EventLog& log,
                       const ServerOptions& options)
    : queue_(options.queue_capacity != 0
                 ? options.queue_capacity
                 : std::max(kQueuedAtLeast, kQueuedForEachWorker * options.workers),
             options.workers),
      watchdogs_(options.workers),
      gate_(std::move(socket), queue_, watchdogs_, router, log, fitted(options.gate)) {
  for (IoWatchdog& watchdog : watchdogs_) {
    contexts_.push_back({.queue = queue_,
                         .gate = gate_,
                         .watchdog = watchdog,
                         .router = router,
                         .log = log,
                         .receive_time = options.gate.receive_time});
  }
  for (const WorkerContext& context : contexts_) {
    workers_.emplace_back([&context] { run_fastcgi_worker(context); });
  }
  gate_thread_ = std::thread([this] { clean_ = gate_.run(); });
}

FcgiServer::~FcgiServer() {
  if (!gate_thread_.joinable()) return;
  drain();
  if (!wait()) std::terminate();
}

bool FcgiServer::stands_still() {
  const std::uint64_t turns = gate_.turns();
  const ReadyQueue::Traffic traffic = queue_.traffic();
  const bool gate_stands = looked_ && turns == turns_;
  const bool workers_stand = looked_ && traffic.waiting != 0 && traffic.taken == taken_;
  turns_ = turns;
  taken_ = traffic.taken;
  looked_ = true;
  gate_.nudge();  // it turns before the next look, also where nothing happens
  return gate_stands || workers_stand;
}

bool FcgiServer::wait() {
  gate_thread_.join();
  queue_.close();
  if (!clean_) {
    for (std::thread& worker : workers_) worker.detach();
    return false;
  }
  for (std::thread& worker : workers_) worker.join();
  return true;
}

}  // namespace masterkey2
