// Which of the machine's cores a process runs on, and whom it lets go first there.
#pragma once

#include <sched.h>

#include <functional>
#include <vector>

namespace masterkey2::bench {

/// Those that this thread may use.
[[nodiscard]] std::vector<int> usable_cores();

/// While it lives, this thread and the processes that it starts run on these cores alone; the
/// processes stay there.
class OnCores {
 public:
  explicit OnCores(const std::vector<int>& cores);
  OnCores(const OnCores&) = delete;
  OnCores& operator=(const OnCores&) = delete;
  ~OnCores() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_{};
};

/// Runs `work` in a thread that lets all others go first, as do the processes that it starts.
/// Waits for it.
void give_way(const std::function<void()>& work);

}  // namespace masterkey2::bench
