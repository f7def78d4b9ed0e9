// The log: JSON lines on a descriptor, written by a thread of its own so that nobody else waits.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "fcgi/http_message.hpp"

namespace masterkey2 {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// `debug`, `info`, `warning`, `error`.
[[nodiscard]] std::string_view log_level_word(LogLevel level);
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view word);

/// Thread-safe. A line is shorter than 4 KiB and leaves in one write, so that the lines of several
/// processes on one pipe stay whole. If the reader is slow, lines are dropped and counted, and the
/// count is a line of its own afterwards.
class EventLog {
 public:
  using Members = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// `fd` is borrowed. At most `capacity` lines wait.
  EventLog(int fd, LogLevel level, std::size_t capacity = 8'192);
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  /// Waits up to a second for the lines to leave.
  ~EventLog();

  void set_level(LogLevel level) { level_ = level; }

  /// A line with `time`, `level`, `event` and `members`, whose values are cut at 512 bytes. Holds
  /// no secret.
  void event(LogLevel level, std::string_view name, Members members = {});

  /// The one line of an answered request: level info, or error from status 500 on. Never a header's
  /// value, a query or a body.
  void request(const HttpRequest& request, int status, const RequestLog& log,
               std::int64_t duration_us);

 private:
  void add(std::string line);
  void write_lines();
  /// False if the descriptor is broken, or takes nothing while the log is being destroyed.
  bool write_out(std::string_view text);

  const int fd_;
  const std::size_t capacity_;
  std::atomic<LogLevel> level_;
  std::atomic<bool> stopping_ = false;
  std::chrono::steady_clock::time_point patience_end_;  ///< written before `stopping_` is set
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> lines_;
  std::uint64_t dropped_ = 0;
  std::thread writer_;
};

}  // namespace masterkey2
