#include "encoding/time_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace masterkey2 {
namespace {

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
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

}  // namespace masterkey2
