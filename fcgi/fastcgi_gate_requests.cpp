// FastcgiGate: requests as they arrive, up to a worker or a refusal.
#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "fcgi/cgi_response.hpp"
#include "fcgi/fastcgi_gate.hpp"
#include "fcgi/http_request.hpp"

namespace masterkey2 {
namespace {

constexpr int kMaxDiscardsAtOnce = 64;
/// A request that trickles in is looked at with each tick, not with each byte, from then on.
constexpr unsigned kMaxLooks = 32;

}  // namespace

void FastcgiGate::look(int fd, bool hung_up) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  if (connection.phase == Phase::kLingering) return discard(fd);

  const ssize_t size = recv(fd, buffer_.data(), buffer_.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return watch(connection);
  if (size <= 0) return drop(fd);
  const PeekedRequest request =
      inspect_request(ByteView(buffer_).first(static_cast<std::size_t>(size)));
  switch (request.state) {
    case PeekState::kIncomplete:
      return wait_for_more(connection, hung_up);
    case PeekState::kMalformed:
      return report_and_drop(fd, request.mistake);
    case PeekState::kParamsTooLarge:
      return refuse(
          connection, request, make_http_request({}, options_.peers),
          {.code = ErrorCode::kInvalidRequest, .detail = "the parameters are larger than 32 KiB"});
    case PeekState::kReady:
      return judge(connection, request);
  }
}

void FastcgiGate::wait_for_more(Connection& connection, bool hung_up) {
  const int fd = connection.fd.get();
  if (hung_up) return drop(fd);
  if (connection.phase != Phase::kReceiving) {
    connection.phase = Phase::kReceiving;
    connection.deadline = now_ + options_.receive_time;
    connection.looks = 0;
  }
  if (++connection.looks <= kMaxLooks) return watch(connection);
  unwatch(connection);
}

void FastcgiGate::judge(Connection& connection, const PeekedRequest& request) {
  const auto params = parse_params(request.params);
  if (!params) return report_and_drop(connection.fd.get(), params.error().detail);
  if (const auto mistake = find_params_mistake(*params)) {
    return refuse(connection, request, make_http_request(*params, options_.peers),
                  {.code = ErrorCode::kInvalidRequest, .detail = std::string(mistake->detail)});
  }
  dispatch(connection, request, *params);
}

void FastcgiGate::dispatch(Connection& connection, const PeekedRequest& request,
                           const std::vector<Param>& params) {
  const int fd = connection.fd.get();
  std::optional<HttpRequest> read;
  std::string line;
  bool urgent = true;
  if (queue_.is_crowded(options_.unsorted)) {
    read = make_http_request(params, options_.peers);
    if (options_.line_of) line = options_.line_of(*read);
    urgent = router_.is_urgent(*read);
  }
  unwatch(connection);
  ReadyConnection ready{.fd = std::move(connection.fd),
                        .ready_at = now_,
                        .close_after = request.trailing,
                        .known_to_epoll = connection.known_to_epoll};
  ++in_flight_;
  if (queue_.push(ready, line, urgent)) return drop(fd);
  --in_flight_;
  connection.fd = std::move(ready.fd);
  refuse(connection, request, read ? *read : make_http_request(params, options_.peers),
         {.code = ErrorCode::kOverloaded, .detail = "the queue to the workers is full"});
}

void FastcgiGate::refuse(Connection& connection, const PeekedRequest& peeked,
                         const HttpRequest& request, const ApiError& error) {
  RequestLog line;
  const HttpResponse response = router_.refuse(request, error, line);
  const std::string answer =
      encode_fastcgi_answer(peeked.request_id, cgi_response_text(response, request.request_id));
  const bool all_read = peeked.size != 0 && take_bytes(connection.fd.get(), peeked.size);
  // Less than a socket's buffer; a peer that does not even take this loses it.
  const ssize_t sent =
      send(connection.fd.get(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  report(request, response.status, line, 0);
  if (sent != static_cast<ssize_t>(answer.size())) return drop(connection.fd.get());
  if (!all_read || peeked.trailing) return linger(connection);
  const bool sound = error.code == ErrorCode::kOverloaded;
  if (!peeked.keep || !sound || draining()) return drop(connection.fd.get());
  // A web server with much to ask would otherwise have to connect anew for each refusal, and meet
  // our end of the connection with its next request.
  connection.phase = Phase::kIdle;
  connection.deadline = now_ + options_.idle_time;
  watch(connection);
}

/// Bytes that have been looked at.
bool FastcgiGate::take_bytes(int fd, std::size_t size) {
  return recv(fd, buffer_.data(), size, MSG_DONTWAIT) == static_cast<ssize_t>(size);
}

void FastcgiGate::report(const HttpRequest& request, int status, const RequestLog& line,
                         std::int64_t duration_us) const {
  log_.request(request, status, line, duration_us);
  if (options_.on_request) options_.on_request(request, status, line, duration_us);
}

void FastcgiGate::report_and_drop(int fd, std::string_view mistake) {
  log_.event(LogLevel::kWarning, "protocol_error", {{"detail", mistake}});
  drop(fd);
}

/// Closing with bytes unread would make the peer's kernel throw our answer away.
void FastcgiGate::linger(Connection& connection) {
  shutdown(connection.fd.get(), SHUT_WR);
  connection.phase = Phase::kLingering;
  connection.deadline = now_ + options_.linger_time;
  discard(connection.fd.get());
}

void FastcgiGate::discard(int fd) {
  Connection& connection = connections_.at(fd);
  for (int i = 0; i < kMaxDiscardsAtOnce; ++i) {
    const ssize_t size = recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size > 0) continue;
    if (size < 0 && errno == EAGAIN) return watch(connection);
    return drop(fd);
  }
  unwatch(connection);  // the rest with the next tick
}

}  // namespace masterkey2
