#include "bench/http_message.hpp"

#include <cstdlib>

namespace masterkey2::bench {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kLength = "\r\nContent-Length: ";
constexpr std::string_view kClose = "\r\nConnection: close";
constexpr std::string_view kRetryAfter = "\r\nRetry-After: ";

}  // namespace

std::string http_request(std::string_view method, std::string_view path, std::string_view headers,
                         std::string_view body) {
  std::string text;
  text.append(method).append(" /api/v1/").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
  text.append(headers);
  if (!body.empty()) text.append("Content-Type: application/json\r\n");
  text.append("Content-Length: ").append(std::to_string(body.size())).append(kEndOfHead);
  return text.append(body);
}

void ReplyReader::restart() {
  text_.clear();
  head_ = whole_ = std::string::npos;
}

ReplyReader::State ReplyReader::take(std::string_view bytes) {
  text_.append(bytes);
  if (whole_ == std::string::npos) {
    head_ = text_.find(kEndOfHead);
    if (head_ == std::string::npos) return State::kMore;
    const std::size_t length = text_.find(kLength);
    if (length == std::string::npos || length > head_) return State::kBroken;
    whole_ = head_ + kEndOfHead.size() +
             std::strtoul(text_.c_str() + length + kLength.size(), nullptr, 10);
  }
  return text_.size() < whole_ ? State::kMore : State::kWhole;
}

HttpReply ReplyReader::reply() const {
  return {.status = std::atoi(text_.c_str() + 9),
          .retry_after = text_.find(kRetryAfter) < head_,
          .last = text_.find(kClose) < head_,
          .body = text_.substr(head_ + kEndOfHead.size())};
}

}  // namespace masterkey2::bench
