// Connections whose request has arrived, on their way to a worker.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "fcgi/unique_fd.hpp"

namespace masterkey2 {

struct ReadyConnection {
  UniqueFd fd;
  std::chrono::steady_clock::time_point ready_at;
  /// More bytes than this request's arrived: libfcgi would read and lose them, so the connection
  /// ends after the answer.
  bool close_after = false;
  bool known_to_epoll = false;  ///< the gate's, which waits for no event of it now
  std::string line;             ///< that it stood in
};

/// How many workers one line with a name may have: three of four. The others are for whoever comes
/// next, and what waits for storage does so in a shorter line there, too.
[[nodiscard]] constexpr std::size_t workers_of_a_line(std::size_t workers) {
  return workers > 1 ? workers - std::max<std::size_t>(workers / 4, 1) : 1;
}

/// Bounded; any thread. Connections wait in lines, which take turns, so that who sends much waits
/// for himself. In one line they go in the order of their arrival. A line with a name leaves some
/// workers to others: most of the time workers wait for storage, and others would wait with them.
///
/// One worker is woken at a time, the one whose caches are warmest; it wakes the next one if there
/// is more than it takes. A worker that ends a request meanwhile costs no waking.
///
/// When there is not room for all, those that are not urgent are refused first: they find a line
/// full that has room for urgent ones. Were a sign-in's end refused as often as its beginning, most
/// of the work would be for sign-ins that come to nothing.
class ReadyQueue {
 public:
  /// `capacity`: of all lines together. `workers`: that will come for connections.
  ReadyQueue(std::size_t capacity, std::size_t workers);

  /// How many wait.
  [[nodiscard]] std::size_t size() const;

  /// False if it is closed, or full, or if the line is longer than what is left for others (than
  /// a third of that if not `urgent`); `connection` is untouched then.
  [[nodiscard]] bool push(ReadyConnection& connection, const std::string& line, bool urgent);

  /// Waits for a connection. Absent once the queue is closed and empty. `served`: the line of the
  /// one that this worker has come to an end with.
  [[nodiscard]] std::optional<ReadyConnection> pop(const std::string& served = {});

  /// Whether so many wait, or hardly any worker is free: then each should stand in a line with a
  /// name. The one without a name may have all workers.
  [[nodiscard]] bool is_crowded(std::size_t waiting) const;

  struct Traffic {
    std::size_t waiting = 0;
    std::uint64_t taken = 0;  ///< by workers, since the start
  };
  [[nodiscard]] Traffic traffic() const;

  void close();

 private:
  struct Line {
    std::deque<ReadyConnection> waiting;
    std::size_t workers = 0;  ///< that serve one of this line
  };
  using Turns = std::deque<std::string>;
  /// Of a worker without work.
  struct Seat {
    std::condition_variable called;
    bool is_called = false;
  };

  [[nodiscard]] bool fits(const std::string& line, bool urgent) const;
  /// Waits until there is something to take, or never will be.
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  /// The worker to be woken, once the mutex is free; null: none need be.
  [[nodiscard]] Seat* call_worker();
  /// Of the lines that may have one more worker; end: there is none.
  [[nodiscard]] Turns::iterator next_turn();
  [[nodiscard]] ReadyConnection take(Turns::iterator turn);
  /// A worker has no longer one of this line.
  void leave(const std::string& name);

  const std::size_t capacity_;
  const std::size_t share_;  ///< workers that a line with a name may have
  mutable std::mutex mutex_;
  std::deque<Seat> seats_;  ///< they stay, for who calls does so without the mutex
  std::vector<Seat*> empty_;
  std::vector<Seat*> idle_;                      ///< the last one has been at work most recently
  bool calling_ = false;                         ///< a worker was called and has not come yet
  std::unordered_map<std::string, Line> lines_;  ///< with somebody in it, or being served
  Turns turns_;  ///< the names of those where somebody waits, the next one first
  std::size_t size_ = 0;
  std::uint64_t taken_ = 0;
  std::atomic<bool> crowded_ = false;  ///< when one was last taken
  bool closed_ = false;
};

}  // namespace masterkey2
