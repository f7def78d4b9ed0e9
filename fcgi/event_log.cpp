#include "fcgi/event_log.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>

#include "encoding/json_text.hpp"
#include "encoding/time_text.hpp"
#include "service/clock.hpp"

namespace masterkey2 {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxValueSize = 512;
constexpr milliseconds kGatherTime{10};  ///< lines that come together leave together
constexpr milliseconds kStopPatience{1'000};
constexpr std::array<std::string_view, 4> kLevelWords = {"debug", "info", "warning", "error"};

std::string_view without_query(std::string_view target) {
  return target.substr(0, target.find('?'));
}

JsonObjectText begin_line(LogLevel level) {
  JsonObjectText line;
  line.text("time", rfc3339_text(system_clock().now())).text("level", log_level_word(level));
  return line;
}

}  // namespace

std::string_view log_level_word(LogLevel level) {
  return kLevelWords.at(static_cast<std::size_t>(level));
}

std::optional<LogLevel> parse_log_level(std::string_view word) {
  for (std::size_t i = 0; i < kLevelWords.size(); ++i) {
    if (kLevelWords.at(i) == word) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

EventLog::EventLog(int fd, LogLevel level, std::size_t capacity)
    : fd_(fd), capacity_(capacity), level_(level), writer_([this] { write_lines(); }) {}

EventLog::~EventLog() {
  {
    const std::lock_guard lock(mutex_);
    patience_end_ = steady_clock::now() + kStopPatience;
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

void EventLog::event(LogLevel level, std::string_view name, Members members) {
  if (level < level_.load(std::memory_order_relaxed)) return;
  JsonObjectText line = begin_line(level);
  line.text("event", name);
  for (const auto& [member, value] : members) line.text(member, value, kMaxValueSize);
  add(std::move(line).take());
}

void EventLog::request(const HttpRequest& request, int status, const RequestLog& log,
                       std::int64_t duration_us) {
  const LogLevel level = status >= 500 ? LogLevel::kError : LogLevel::kInfo;
  if (level < level_.load(std::memory_order_relaxed)) return;
  JsonObjectText line = begin_line(level);
  line.text("event", "request")
      .text("request_id", request.request_id)
      .text("method", request.method, 16)
      .text("route", log.route)
      .text("path", without_query(request.target), kMaxValueSize)
      .number("status", status)
      .number("duration_us", duration_us)
      .text("remote_address", request.remote_address, 64)
      .text_if("code", log.code)
      .text_if("reason", log.reason)
      .text_if("detail", log.detail, kMaxValueSize)
      .text_if("tenant", log.tenant, 64);
  add(std::move(line).take());
}

void EventLog::add(std::string line) {
  // Only an event with many long members gets here; it is cut down to saying so.
  if (line.size() >= PIPE_BUF) {
    JsonObjectText cut = begin_line(LogLevel::kWarning);
    cut.text("event", "oversize_line").text("line", line, kMaxValueSize);
    line = std::move(cut).take();
  }
  line += '\n';
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= capacity_) {
      ++dropped_;
      return;
    }
    wake = lines_.empty();
    lines_.push_back(std::move(line));
  }
  if (wake) wake_.notify_one();
}

void EventLog::write_lines() {
  while (true) {
    std::deque<std::string> lines;
    std::uint64_t dropped = 0;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !lines_.empty(); });
      if (lines_.empty()) return;
      if (!stopping_) wake_.wait_for(lock, kGatherTime, [&] { return stopping_.load(); });
      lines.swap(lines_);
      std::swap(dropped, dropped_);
    }
    if (dropped > 0) {
      JsonObjectText line = begin_line(LogLevel::kWarning);
      line.text("event", "log_dropped").number("lines", static_cast<std::int64_t>(dropped));
      lines.push_back(std::move(line).take() + "\n");
    }
    std::string batch;
    std::uint64_t lost = 0;
    std::uint64_t in_batch = 0;
    const auto flush = [&] {
      if (!write_out(batch)) lost += in_batch;
      batch.clear();
      in_batch = 0;
    };
    for (const std::string& line : lines) {
      if (batch.size() + line.size() > PIPE_BUF) flush();
      batch += line;
      ++in_batch;
    }
    flush();
    if (lost > 0) {
      const std::lock_guard lock(mutex_);
      dropped_ += lost;
      if (stopping_) return;
    }
  }
}

bool EventLog::write_out(std::string_view text) {
  while (!text.empty()) {
    if (stopping_ && steady_clock::now() > patience_end_) return false;
    // A pipe is ready once it takes PIPE_BUF bytes, and a batch is no longer than that.
    pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (poll(&ready, 1, 100) <= 0) continue;
    if ((ready.revents & POLLOUT) == 0) return false;
    const ssize_t count = write(fd_, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

}  // namespace masterkey2
