#include "fcgi/ready_queue.hpp"

#include <utility>

namespace masterkey2 {

namespace {

/// What begins now comes back to end it: then it must find a place, beside those who begin next.
constexpr std::size_t kPlacesForEach = 3;

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
  {
    const std::lock_guard lock(mutex_);
    if (!fits(line, urgent)) return false;
    Line& joined = lines_[line];
    joined.push_back(std::move(connection));
    if (joined.size() == 1) turns_.push_back(line);
    ++size_;
  }
  changed_.notify_one();
  return true;
}

std::optional<ReadyConnection> ReadyQueue::pop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || size_ != 0; });
  if (size_ == 0) return std::nullopt;
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
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

}  // namespace masterkey2
