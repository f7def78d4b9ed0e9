// The unit of all CPU figures, measured while a round of load goes on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "figures/assertion_sample.hpp"

namespace masterkey2::bench {

/// Bare P-256 verifications with a ready key and context, in a thread beside the load: some two
/// dozen each twentieth of a second, a few hundredths of a core. The processor's clock and its
/// caches are then those that the server has at the time.
class BareMeter {
 public:
  /// Measures from now on. `sample` must outlive it.
  explicit BareMeter(const figures::AssertionSample& sample);
  /// Seconds of CPU of one verification; nothing is measured after that.
  [[nodiscard]] double end();

 private:
  void run(const std::stop_token& stop);

  const figures::AssertionSample& sample_;
  double seconds_ = 0;
  int times_ = 0;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: what it uses is there before it
};

/// Seconds of CPU of one, by 1,600 of them in this thread.
[[nodiscard]] double bare_verification(const figures::AssertionSample& sample);

}  // namespace masterkey2::bench
