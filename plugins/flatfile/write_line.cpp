#include "write_line.hpp"

#include <cstddef>
#include <utility>

namespace masterkey2::flatfile {
namespace {

/// After a group of so many the next one begins so much later than that one.
constexpr std::size_t kMany = 3;
constexpr std::chrono::microseconds kApart{2'000};
/// So many behind the leader need not wait for more.
constexpr std::size_t kEnough = 12;

}  // namespace

bool WriteLine::stand(Place& place) {
  bool enough = false;
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(led_, true)) return true;
    (first_ == nullptr ? first_ : last_->next) = &place;
    last_ = &place;
    enough = ++behind_ == kEnough;
  }
  if (enough) enough_.notify_one();
  place.wake_up.wait();
  return !place.done;
}

void WriteLine::let_others_come() {
  std::unique_lock lock(mutex_);
  enough_.wait_until(lock, not_before_, [this] { return behind_ >= kEnough; });
}

void WriteLine::gather(Place& leader) {
  began_ = Clock::now();
  const std::lock_guard lock(mutex_);
  leader.next = std::exchange(first_, nullptr);
  behind_ = 0;
}

void WriteLine::leave(Place& leader) {
  std::size_t count = 0;
  for (const Place* one = &leader; one != nullptr; one = one->next) ++count;
  not_before_ = count < kMany ? Clock::time_point() : began_ + kApart;
  Place* leads = nullptr;
  {
    const std::lock_guard lock(mutex_);
    leads = first_;
    led_ = leads != nullptr;
    if (leads != nullptr) {
      first_ = std::exchange(leads->next, nullptr);
      --behind_;
    }
  }
  // The next group begins while the others still wake.
  if (leads != nullptr) leads->wake_up.give();
  for (Place* one = leader.next; one != nullptr;) {
    Place* const next = one->next;  // it goes once it is woken
    one->done = true;
    one->wake_up.give();
    one = next;
  }
}

}  // namespace masterkey2::flatfile
