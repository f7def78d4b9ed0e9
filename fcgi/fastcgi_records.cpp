#include "fcgi/fastcgi_records.hpp"

#include <algorithm>

namespace masterkey2 {
namespace {

constexpr std::size_t kHeaderSize = 8;
constexpr std::uint8_t kVersion = 1;
constexpr std::uint16_t kResponder = 1;
constexpr std::uint8_t kKeepConnection = 1;  ///< a flag of FCGI_BEGIN_REQUEST

enum RecordType : std::uint8_t {
  kBeginRequest = 1,
  kEndRequest = 3,
  kParams = 4,
  kStdin = 5,
  kStdout = 6,
};

struct Record {
  std::uint8_t type = 0;
  std::uint16_t request_id = 0;
  std::uint16_t length = 0;
  std::uint8_t padding = 0;
};

std::uint16_t big_endian(std::uint8_t high, std::uint8_t low) {
  return static_cast<std::uint16_t>(high << 8 | low);
}

PeekedRequest malformed(std::string_view mistake) {
  return {.state = PeekState::kMalformed, .mistake = mistake};
}

void append_header(std::string& out, RecordType type, std::uint16_t request_id,
                   std::size_t length) {
  const auto byte = [](std::size_t value) { return static_cast<char>(value & 0xFFU); };
  out += {byte(kVersion),
          byte(type),
          byte(request_id >> 8U),
          byte(request_id),
          byte(length >> 8U),
          byte(length),
          byte(0),
          byte(0)};
}

}  // namespace

PeekedRequest inspect_request(ByteView peeked) {
  const bool at_limit = peeked.size() >= kMaxPeek;
  PeekedRequest request;
  RecordType expected = kBeginRequest;
  ByteView rest = peeked;
  while (rest.size() >= kHeaderSize) {
    if (rest[0] != kVersion) return malformed("record of another version");
    const Record record{.type = rest[1],
                        .request_id = big_endian(rest[2], rest[3]),
                        .length = big_endian(rest[4], rest[5]),
                        .padding = rest[6]};
    if (record.type != expected) return malformed("record of an unexpected type");
    const std::size_t whole = kHeaderSize + record.length + record.padding;
    const bool complete = rest.size() >= whole;
    const ByteView content =
        rest.subspan(kHeaderSize, std::min<std::size_t>(record.length, rest.size() - kHeaderSize));

    if (expected == kBeginRequest) {
      if (record.request_id == 0) return malformed("a request with id 0");
      if (record.length != 8) return malformed("FCGI_BEGIN_REQUEST of another size");
      request.request_id = record.request_id;
      if (complete && big_endian(content[0], content[1]) != kResponder) {
        return malformed("a role other than responder");
      }
      request.keep = complete && (content[2] & kKeepConnection) != 0;
      if (complete) expected = kParams;
    } else if (record.request_id != request.request_id) {
      return malformed("records of two requests");
    } else if (expected == kParams) {
      if (request.params.size() + record.length > kMaxPeek) {
        return {.state = PeekState::kParamsTooLarge, .request_id = request.request_id};
      }
      request.params.insert(request.params.end(), content.begin(), content.end());
      if (complete && record.length == 0) expected = kStdin;
    } else if (complete && record.length == 0) {
      request.state = PeekState::kReady;
      request.trailing = rest.size() > whole;
      request.size = peeked.size() - rest.size() + whole;
      return request;
    }
    if (!complete) break;
    rest = rest.subspan(whole);
  }
  if (at_limit) {
    request.state = expected == kStdin ? PeekState::kReady : PeekState::kParamsTooLarge;
  }
  return request;
}

std::string encode_fastcgi_answer(std::uint16_t request_id, std::string_view text) {
  text = text.substr(0, 0xFFFF);
  std::string out;
  out.reserve(text.size() + 4 * kHeaderSize);
  append_header(out, kStdout, request_id, text.size());
  out += text;
  append_header(out, kStdout, request_id, 0);
  append_header(out, kEndRequest, request_id, 8);
  out.append(8, '\0');  // application status 0, FCGI_REQUEST_COMPLETE
  return out;
}

}  // namespace masterkey2
