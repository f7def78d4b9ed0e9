// The thread that owns the listening socket and every connection without a complete request.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fcgi/event_log.hpp"
#include "fcgi/fastcgi_params.hpp"
#include "fcgi/fastcgi_records.hpp"
#include "fcgi/io_watchdog.hpp"
#include "fcgi/listen_socket.hpp"
#include "fcgi/peer_rules.hpp"
#include "fcgi/ready_queue.hpp"
#include "fcgi/router.hpp"

namespace masterkey2 {

struct GateOptions {
  std::size_t max_connections = 8'192;             ///< idle kept ones make room for new ones
  std::chrono::milliseconds receive_time{10'000};  ///< from a request's first byte to its last
  std::chrono::milliseconds io_time{5'000};        ///< of one blocking read or write of a worker
  std::chrono::milliseconds idle_time{120'000};    ///< of a kept connection between requests
  std::chrono::milliseconds linger_time{2'000};    ///< for the peer to read a refusal
  std::chrono::milliseconds drain_time{15'000};    ///< for all that was accepted before the end
  PeerRules peers;
  /// A request that waited longer for a worker is answered `overloaded`: whoever sent it has
  /// likely given up.
  std::chrono::milliseconds wait_time{2'000};
  /// So many requests wait in the order of their arrival, whoever sent them.
  std::size_t unsorted = 16;
  /// The line in which the next ones wait; lines take turns. Runs in the gate's thread, and so must
  /// not wait. Absent: there is one line.
  std::function<std::string(const HttpRequest&)> line_of;
  /// Sees every answered request besides the log; any thread.
  std::function<void(const HttpRequest&, int status, const RequestLog&, std::int64_t us)>
      on_request;
};

/// libfcgi keeps a thread inside read() on every open connection, so kept connections and slow
/// bodies would take all workers. Here one thread waits for all of them: it looks at what has
/// arrived without reading it (MSG_PEEK), judges the parameters, and hands a connection to the
/// workers once its request is there.
class FastcgiGate {
 public:
  /// What a worker leaves behind.
  enum class Fate : std::uint8_t {
    kClosed,  ///< the worker has closed it
    kKeep,    ///< the next request may come
    kLinger,  ///< answered, but the peer may still be sending: its bytes are dropped for a while
  };

  /// The references must outlive it.
  FastcgiGate(ListenSocket socket, ReadyQueue& queue, std::deque<IoWatchdog>& watchdogs,
              const Router& router, EventLog& log, GateOptions options);

  /// Returns once it has drained: true if nothing was left undone.
  [[nodiscard]] bool run();

  /// Ends the acceptance of connections; what was accepted is served. Any thread.
  void drain();
  [[nodiscard]] bool draining() const { return draining_.load(std::memory_order_relaxed); }

  /// Wakes the gate: while its thread is well, `turns` grows soon after. Any thread.
  void nudge() const;
  [[nodiscard]] std::uint64_t turns() const { return turns_.load(std::memory_order_relaxed); }

  [[nodiscard]] const GateOptions& options() const { return options_; }

  /// Notes an answered request. Any thread.
  void report(const HttpRequest& request, int status, const RequestLog& line,
              std::int64_t duration_us) const;

  /// A worker is done with the connection that it took from the queue. Any thread.
  void give_back(UniqueFd fd, Fate fate, bool known_to_epoll);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Phase : std::uint8_t {
    kFresh,      ///< accepted, nothing arrived
    kIdle,       ///< kept, nothing arrived
    kReceiving,  ///< part of a request arrived
    kLingering,
  };

  struct Connection {
    UniqueFd fd;
    Phase phase = Phase::kFresh;
    TimePoint deadline;
    bool known_to_epoll = false;
    bool watched = false;   ///< by epoll; else looked at with every tick
    bool one_shot = false;  ///< watched until the next event alone
    unsigned looks = 0;
  };

  struct Returned {
    UniqueFd fd;
    Fate fate;
    bool known_to_epoll;
    bool watched;
  };

  void accept_connections();
  void pause_accepting(std::string_view reason);
  void resume_accepting();
  [[nodiscard]] bool evict_idle();

  /// `known`: to epoll. Of what is there already an event is told, too.
  [[nodiscard]] bool ask_for_events(int fd, bool known, bool one_shot);
  void watch(Connection& connection);
  void unwatch(Connection& connection);
  void take_event(int fd, bool hung_up);
  void drop(int fd) { connections_.erase(fd); }
  /// Looks at what has arrived and acts on it; `fd` may be gone afterwards.
  void look(int fd, bool hung_up);
  void wait_for_more(Connection& connection, bool hung_up);
  void judge(Connection& connection, const PeekedRequest& request);
  void dispatch(Connection& connection, const PeekedRequest& request,
                const std::vector<Param>& params);
  void refuse(Connection& connection, const PeekedRequest& peeked, const HttpRequest& request,
              const ApiError& error);
  [[nodiscard]] bool take_bytes(int fd, std::size_t size);
  void report_and_drop(int fd, std::string_view mistake);
  void linger(Connection& connection);
  void discard(int fd);

  void take_returned();
  void tick();
  void begin_drain();
  [[nodiscard]] bool idle();
  [[nodiscard]] int wait_ms();

  ListenSocket listener_;
  const bool tcp_;
  ReadyQueue& queue_;
  std::deque<IoWatchdog>& watchdogs_;
  const Router& router_;
  EventLog& log_;
  const GateOptions options_;

  UniqueFd epoll_;
  UniqueFd wake_;
  std::unordered_map<int, Connection> connections_;
  std::array<std::uint8_t, kMaxPeek> buffer_{};
  TimePoint now_;
  TimePoint next_tick_;
  TimePoint accept_again_;  ///< while accepting is paused
  TimePoint next_pause_report_;
  TimePoint drain_deadline_;
  bool accepting_ = false;
  bool drain_begun_ = false;

  std::atomic<std::uint64_t> turns_ = 0;  ///< of its loop
  std::atomic<bool> draining_ = false;
  std::atomic<std::size_t> in_flight_ = 0;
  std::mutex returned_mutex_;
  std::vector<Returned> returned_;
};

}  // namespace masterkey2
