#include "ctl/ceremony.hpp"

#include <sysexits.h>

#include <istream>
#include <ostream>
#include <string>

#include "ctl/ceremony_verdict.hpp"

namespace masterkey2::ctl {
namespace {

constexpr std::size_t kMaxLine = 262'144;

enum class Line { kWhole, kTooLong, kNone };

/// The next line without its end. Of one that is too long nothing is kept.
Line read_line(std::istream& in, std::string& line) {
  line.clear();
  std::size_t size = 0;
  std::streambuf& buffer = *in.rdbuf();
  for (int next = buffer.sbumpc(); next != std::char_traits<char>::eof(); next = buffer.sbumpc()) {
    if (next == '\n') return size > kMaxLine ? Line::kTooLong : Line::kWhole;
    if (++size <= kMaxLine) line.push_back(static_cast<char>(next));
  }
  if (size == 0) return Line::kNone;
  return size > kMaxLine ? Line::kTooLong : Line::kWhole;
}

bool is_blank(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

}  // namespace

int verify_ceremonies(std::istream& in, std::ostream& out) {
  bool all_judged = true;
  std::string line;
  std::size_t number = 0;
  for (Line kind = read_line(in, line); kind != Line::kNone; kind = read_line(in, line)) {
    ++number;
    if (kind == Line::kWhole && is_blank(line)) continue;
    Json answer = kind == Line::kTooLong
                      ? Json{{"error", "longer than " + std::to_string(kMaxLine) + " bytes"}}
                      : judge_ceremony(line);
    if (answer.contains("error")) {
      all_judged = false;
      answer["line"] = number;
    }
    out << answer.dump() << '\n';
  }
  out.flush();
  if (in.bad() || !out) return EX_IOERR;
  return all_judged ? EX_OK : EX_DATAERR;
}

}  // namespace masterkey2::ctl
