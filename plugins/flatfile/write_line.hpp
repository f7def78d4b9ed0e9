// Group commit: the threads of one process that want to write, in the order in which they came.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "wake_up.hpp"

namespace masterkey2::flatfile {

/// One thread leads and does the work of all who stand in the line by then, with one lock and one
/// sync; who comes meanwhile is in the next group. A sync takes as much CPU as a signature, for one
/// transaction or for many.
class WriteLine {
 public:
  /// Of one thread, on its stack while it waits.
  struct Place {
    bool done = false;  ///< by another one
    Place* next = nullptr;
    WakeUp wake_up{};
  };

  /// Waits. True: leads, and must leave(). False: another one has done the work of this place.
  [[nodiscard]] bool stand(Place& place);

  // By the one who leads.

  /// Where many come, lets some more of them come into this group. Who comes alone never waits.
  void let_others_come();
  /// Puts all who stand in the line behind `leader`, in the order in which they came.
  void gather(Place& leader);
  /// Lets the next one lead, and tells those behind `leader` that they are done.
  void leave(Place& leader);

 private:
  using Clock = std::chrono::steady_clock;

  std::mutex mutex_;
  bool led_ = false;
  Place* first_ = nullptr;
  Place* last_ = nullptr;
  std::size_t behind_ = 0;  ///< the leader
  std::condition_variable enough_;
  // Of the one who leads.
  Clock::time_point began_;
  Clock::time_point not_before_;
};

}  // namespace masterkey2::flatfile
