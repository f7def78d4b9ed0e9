#include "fcgi/ready_queue.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace masterkey2 {

namespace {

/// What begins now comes back to end it: then it must find a place, beside those who begin next.
constexpr std::size_t kPlacesForEach = 3;
/// So many who wait are a crowd.
constexpr std::size_t kCrowd = 32;
/// With so few workers free the next connection stands in a line with a name.
constexpr std::size_t kHardlyAny = 1;

}  // namespace

ReadyQueue::ReadyQueue(std::size_t capacity, std::size_t workers)
    : capacity_(capacity), share_(workers_of_a_line(workers)) {}

std::size_t ReadyQueue::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

ReadyQueue::Traffic ReadyQueue::traffic() const {
  const std::lock_guard lock(mutex_);
  return {.waiting = size_, .taken = taken_};
}

bool ReadyQueue::is_crowded(std::size_t waiting) const {
  const std::lock_guard lock(mutex_);
  return size_ >= waiting || idle_.size() <= kHardlyAny;
}

bool ReadyQueue::fits(const std::string& line, bool urgent) const {
  if (closed_ || size_ >= capacity_) return false;
  const auto found = lines_.find(line);
  const std::size_t length = found == lines_.end() ? 0 : found->second.waiting.size();
  return (urgent ? length : kPlacesForEach * length) <= capacity_ - size_;
}

bool ReadyQueue::push(ReadyConnection& connection, const std::string& line, bool urgent) {
  Seat* called = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!fits(line, urgent)) return false;
    Line& joined = lines_[line];
    joined.waiting.push_back(std::move(connection));
    joined.waiting.back().line = line;
    if (joined.waiting.size() == 1) turns_.push_back(line);
    ++size_;
    called = call_worker();
  }
  if (called != nullptr) called->called.notify_one();
  return true;
}

std::optional<ReadyConnection> ReadyQueue::pop(const std::string& served) {
  // In a crowd nobody sleeps for want of work, and the kernel would let this thread go on for
  // milliseconds: first the gate, which refuses, and whoever has to end what is begun.
  if (crowded_.load(std::memory_order_relaxed)) std::this_thread::yield();
  Seat* called = nullptr;
  std::optional<ReadyConnection> first;
  {
    std::unique_lock lock(mutex_);
    // The line without a name stays: while there is no crowd it is the only one.
    if (!served.empty()) leave(served);
    wait_for_work(lock);
    if (size_ == 0) return std::nullopt;
    first = take(next_turn());
    crowded_.store(size_ >= kCrowd, std::memory_order_relaxed);
    called = call_worker();
  }
  if (called != nullptr) called->called.notify_one();
  return first;
}

void ReadyQueue::leave(const std::string& name) {
  const auto line = lines_.find(name);
  --line->second.workers;
  if (line->second.waiting.empty() && line->second.workers == 0) lines_.erase(line);
}

void ReadyQueue::wait_for_work(std::unique_lock<std::mutex>& lock) {
  while (!closed_ && next_turn() == turns_.end()) {
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
  if (calling_ || idle_.empty() || next_turn() == turns_.end()) return nullptr;
  calling_ = true;
  Seat* const seat = idle_.back();
  idle_.pop_back();
  seat->is_called = true;
  return seat;
}

ReadyQueue::Turns::iterator ReadyQueue::next_turn() {
  return std::ranges::find_if(turns_, [this](const std::string& name) {
    return closed_ || name.empty() || lines_.at(name).workers < share_;
  });
}

ReadyConnection ReadyQueue::take(Turns::iterator turn) {
  std::string name = std::move(*turn);
  turns_.erase(turn);
  const auto line = lines_.find(name);
  ReadyConnection first = std::move(line->second.waiting.front());
  line->second.waiting.pop_front();
  ++line->second.workers;
  --size_;
  ++taken_;
  if (!line->second.waiting.empty()) turns_.push_back(std::move(name));
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
