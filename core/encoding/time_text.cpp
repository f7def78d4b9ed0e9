#include "encoding/time_text.hpp"

#include <algorithm>
#include <chrono>

namespace masterkey2 {
namespace {

/// Takes text apart from the left. After the first failure all that follows fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// Exactly `count` digits, from `low` to `high`.
  int number(std::size_t count, int low, int high) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + digit();
    if (value < low || value > high) failed_ = true;
    return value;
  }
  /// The next character, which must be one of `allowed`.
  char one_of(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
      failed_ = true;
      return '\0';
    }
    const char character = rest_.front();
    rest_.remove_prefix(1);
    return character;
  }
  /// Milliseconds of an optional fraction of a second.
  int fraction() {
    if (rest_.empty() || rest_.front() != '.') return 0;
    rest_.remove_prefix(1);
    int value = digit() * 100;
    for (int unit = 10; has_digit(); unit /= 10) value += digit() * unit;
    return value;
  }
  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }

 private:
  [[nodiscard]] bool has_digit() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  int digit() {
    if (!has_digit()) {
      failed_ = true;
      return 0;
    }
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool failed_ = false;
};

constexpr UnixMillis kFirst = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr UnixMillis kLast = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

}  // namespace

std::string rfc3339_text(UnixMillis at) {
  using std::chrono::days;
  using std::chrono::milliseconds;
  const std::chrono::sys_time<milliseconds> moment{milliseconds{std::clamp(at, kFirst, kLast)}};
  const auto midnight = std::chrono::floor<days>(moment);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss<milliseconds> time{moment - midnight};
  std::string text = "0000-00-00T00:00:00.000Z";
  // By hand: each line of the log has a time, and snprintf takes eight times as long.
  const auto put = [&text](std::size_t end, auto number) {
    for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, static_cast<int>(date.year()));
  put(7, static_cast<unsigned>(date.month()));
  put(10, static_cast<unsigned>(date.day()));
  put(13, time.hours().count());
  put(16, time.minutes().count());
  put(19, time.seconds().count());
  put(23, time.subseconds().count());
  return text;
}

std::optional<UnixMillis> parse_rfc3339(std::string_view text) {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  using std::chrono::seconds;
  Scanner scanner(text);
  const std::chrono::year year{scanner.number(4, 0, 9999)};
  scanner.one_of("-");
  const std::chrono::month month{static_cast<unsigned>(scanner.number(2, 1, 12))};
  scanner.one_of("-");
  const std::chrono::day day{static_cast<unsigned>(scanner.number(2, 1, 31))};
  scanner.one_of("Tt");
  const hours hour{scanner.number(2, 0, 23)};
  scanner.one_of(":");
  const minutes minute{scanner.number(2, 0, 59)};
  scanner.one_of(":");
  const seconds second{scanner.number(2, 0, 59)};
  const milliseconds fraction{scanner.fraction()};
  minutes offset{0};
  const char zone = scanner.one_of("Zz+-");
  if (zone == '+' || zone == '-') {
    offset = hours{scanner.number(2, 0, 23)};
    scanner.one_of(":");
    offset += minutes{scanner.number(2, 0, 59)};
    if (zone == '-') offset = -offset;
  }
  const std::chrono::year_month_day date{year, month, day};
  if (!scanner.complete() || !date.ok()) return std::nullopt;
  const auto moment = std::chrono::sys_days{date} + hour + minute + second + fraction - offset;
  return std::chrono::duration_cast<milliseconds>(moment.time_since_epoch()).count();
}

}  // namespace masterkey2
