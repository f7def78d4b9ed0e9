#include "fcgi/event_log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <sstream>
#include <vector>

#include "encoding/json.hpp"
#include "fcgi/unique_fd.hpp"

namespace masterkey2 {
namespace {

using ::testing::MatchesRegex;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
  /// Reads to the end; the writing end is closed first.
  std::vector<Json> lines() {
    writer.reset();
    std::string text;
    std::array<char, 4'096> buffer{};
    for (ssize_t count = 0; (count = read(reader.get(), buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    std::vector<Json> values;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) values.push_back(Json::parse(line));
    return values;
  }
  UniqueFd reader;
  UniqueFd writer;
};

TEST(EventLog, WritesOneObjectALineInOrder) {
  Pipe pipe;
  {
    EventLog log(pipe.writer.get(), LogLevel::kInfo);
    log.event(LogLevel::kInfo, "start", {{"version", "1"}, {"text", "a\nb"}});
    log.event(LogLevel::kError, "stop");
  }
  const auto lines = pipe.lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("event"), "start");
  EXPECT_EQ(lines[0].at("level"), "info");
  EXPECT_EQ(lines[0].at("text"), "a\nb");
  EXPECT_THAT(lines[0].at("time").get<std::string>(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z"));
  EXPECT_EQ(lines[1].at("event"), "stop");
}

TEST(EventLog, LeavesOutWhatIsBelowItsLevel) {
  Pipe pipe;
  {
    EventLog log(pipe.writer.get(), LogLevel::kWarning);
    log.event(LogLevel::kInfo, "one");
    log.event(LogLevel::kWarning, "two");
    log.request({}, 200, {}, 1);
    log.request({}, 500, {}, 1);
    log.set_level(LogLevel::kDebug);
    log.event(LogLevel::kDebug, "three");
  }
  const auto lines = pipe.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].at("event"), "two");
  EXPECT_EQ(lines[1].at("status"), 500);
  EXPECT_EQ(lines[1].at("level"), "error");
  EXPECT_EQ(lines[2].at("event"), "three");
}

TEST(EventLog, DropsAndCountsWhileNobodyReads) {
  Pipe pipe;
  fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4'096);
  std::size_t written = 0;
  {
    EventLog log(pipe.writer.get(), LogLevel::kInfo, 16);
    // Far more than pipe and queue hold; no call waits, or this would not end.
    for (int i = 0; i < 2'000; ++i) log.event(LogLevel::kInfo, "line");
    std::array<char, 4'096> buffer{};
    std::string text;
    while (text.find("log_dropped") == std::string::npos) {
      const ssize_t count = read(pipe.reader.get(), buffer.data(), buffer.size());
      ASSERT_GT(count, 0);
      text.append(buffer.data(), static_cast<std::size_t>(count));
      written = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
      log.event(LogLevel::kInfo, "more");
    }
  }
  EXPECT_LT(written, 2'000U);
}

TEST(EventLog, EndsThoughNobodyReads) {
  Pipe pipe;
  fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4'096);
  EventLog log(pipe.writer.get(), LogLevel::kInfo);
  for (int i = 0; i < 2'000; ++i) log.event(LogLevel::kInfo, "line");
}

TEST(EventLog, SurvivesAReaderThatIsGone) {
  Pipe pipe;
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);
  pipe.reader.reset();
  {
    EventLog log(pipe.writer.get(), LogLevel::kInfo);
    log.event(LogLevel::kInfo, "line");
  }
  std::signal(SIGPIPE, old_handler);
}

TEST(EventLog, BoundsEachLine) {
  Pipe pipe;
  const std::string odd(100'000, '\x01');
  {
    EventLog log(pipe.writer.get(), LogLevel::kInfo);
    log.request({.method = odd, .target = odd, .remote_address = odd, .request_id = "id"}, 200,
                {.route = "/r", .code = "c", .reason = "r", .detail = odd, .tenant = odd}, 1);
    log.event(LogLevel::kInfo, "e",
              {{"a", odd},
               {"b", odd},
               {"c", odd},
               {"d", odd},
               {"e", odd},
               {"f", odd},
               {"g", odd},
               {"h", odd}});
  }
  const auto lines = pipe.lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("route"), "/r");
  EXPECT_EQ(lines[1].at("event"), "oversize_line");
}

TEST(LogLevel, HasAWordEach) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    EXPECT_EQ(parse_log_level(log_level_word(level)), level);
  }
  EXPECT_FALSE(parse_log_level("loud"));
}

}  // namespace
}  // namespace masterkey2
