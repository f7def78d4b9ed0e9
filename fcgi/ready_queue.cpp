#include "fcgi/ready_queue.hpp"

#include <thread>
#include <utility>

namespace masterkey2 {

namespace {

/// What begins now comes back to end it: then it must find a place, beside those who begin next.
constexpr std::size_t kPlacesForEach = 3;
/// So many who wait are a crowd.
constexpr std::size_t kCrowd = 32;

}  // namespace

std::size_t ReadyQueue::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

ReadyQueue::Traffic ReadyQueue::traffic() const {
  const std::lock_guard lock(mutex_);
  return {.waiting = size_, .taken = taken_};
}

bool ReadyQueue::fits(const std::string& line, bool urgent) const {
  if (closed_ || size_ >= capacity_) return false;
  const auto found = lines_.find(line);
  const std::size_t length = found == lines_.end() ? 0 : found->second.size();
  return (urgent ? length : kPlacesForEach * length) <= capacity_ - size_;
}

bool ReadyQueue::push(ReadyConnection& connection, const std::string& line, bool urgent) {
  Seat* called = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!fits(line, urgent)) return false;
    Line& joined = lines_[line];
    joined.push_back(std::move(connection));
    if (joined.size() == 1) turns_.push_back(line);
    ++size_;
    called = call_worker();
  }
  if (called != nullptr) called->called.notify_one();
  return true;
}

std::optional<ReadyConnection> ReadyQueue::pop() {
  // In a crowd nobody sleeps for want of work, and the kernel would let this thread go on for
  // milliseconds: first the gate, which refuses, and whoever has to end what is begun.
  if (crowded_.load(std::memory_order_relaxed)) std::this_thread::yield();
  Seat* called = nullptr;
  std::optional<ReadyConnection> first;
  {
    std::unique_lock lock(mutex_);
    wait_for_work(lock);
    if (size_ == 0) return std::nullopt;
    first = take();
    crowded_.store(size_ >= kCrowd, std::memory_order_relaxed);
    if (size_ != 0) called = call_worker();
  }
  if (called != nullptr) called->called.notify_one();
  return first;
}

void ReadyQueue::wait_for_work(std::unique_lock<std::mutex>& lock) {
  while (!closed_ && size_ == 0) {
    if (empty_.empty()) empty_.push_back(&seats_.emplace_back());
    Seat* const seat = empty_.back();
    empty_.pop_back();
    idle_.push_back(seat);
    seat->called.wait(lock, [seat] { return seat->is_called; });
    seat->is_called = false;
    empty_.push_back(seat);
    calling_ = false;
  }
}

ReadyQueue::Seat* ReadyQueue::call_worker() {
  if (idle_.empty() || std::exchange(calling_, true)) return nullptr;
  Seat* const seat = idle_.back();
  idle_.pop_back();
  seat->is_called = true;
  return seat;
}

ReadyConnection ReadyQueue::take() {
  std::string name = std::move(turns_.front());
  turns_.pop_front();
  const auto line = lines_.find(name);
  ReadyConnection first = std::move(line->second.front());
  line->second.pop_front();
  --size_;
  ++taken_;
  // The line without a name stays: while there is no crowd it is the only one.
  if (!line->second.empty()) {
    turns_.push_back(std::move(name));
  } else if (!name.empty()) {
    lines_.erase(line);
  }
  return first;
}

void ReadyQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (Seat* const seat : idle_) {
    seat->is_called = true;
    seat->called.notify_one();
  }
  idle_.clear();
}

}  // namespace masterkey2
