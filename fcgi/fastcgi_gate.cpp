#include "fcgi/fastcgi_gate.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "fcgi/cgi_response.hpp"
#include "fcgi/http_request.hpp"

namespace masterkey2 {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kTick{100};
constexpr milliseconds kAcceptPause{100};
constexpr milliseconds kPauseReportInterval{10'000};
constexpr milliseconds kFreshTimeInDrain{1'000};
constexpr int kMaxAcceptsAtOnce = 64;
constexpr int kMaxDiscardsAtOnce = 64;
/// A request that trickles in is looked at with each tick, not with each byte, from then on.
constexpr unsigned kMaxLooks = 32;

bool is_tcp(int fd) {
  int domain = AF_UNIX;
  socklen_t size = sizeof domain;
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  return domain != AF_UNIX;
}

UniqueFd checked(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return UniqueFd(fd);
}

void set_socket_options(int fd, milliseconds io_time, bool tcp) {
  const timeval time{.tv_sec = io_time.count() / 1'000, .tv_usec = io_time.count() % 1'000 * 1'000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  const int on = 1;
  if (tcp) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

FastcgiGate::FastcgiGate(ListenSocket socket, ReadyQueue& queue, std::deque<IoWatchdog>& watchdogs,
                         const Router& router, EventLog& log, GateOptions options)
    : listener_(std::move(socket)),
      tcp_(is_tcp(listener_.fd.get())),
      queue_(queue),
      watchdogs_(watchdogs),
      router_(router),
      log_(log),
      options_(std::move(options)),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      now_(steady_clock::now()) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = wake_.get()}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

bool FastcgiGate::run() {
  resume_accepting();
  std::array<epoll_event, 256> events{};
  while (true) {
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), wait_ms());
    now_ = steady_clock::now();
    turns_.fetch_add(1, std::memory_order_relaxed);
    take_returned();  // first: an event may be about one of them
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events.at(static_cast<std::size_t>(i));
      if (event.data.fd == wake_.get()) {
        eventfd_t value = 0;
        eventfd_read(wake_.get(), &value);
      } else if (event.data.fd == listener_.fd.get()) {
        accept_connections();
      } else {
        take_event(event.data.fd, (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
      }
    }
    if (draining() && !drain_begun_) begin_drain();
    if (now_ >= next_tick_) tick();
    if (drain_begun_ && idle()) return true;
    if (drain_begun_ && now_ >= drain_deadline_) return false;
  }
}

void FastcgiGate::drain() {
  draining_ = true;
  nudge();
}

void FastcgiGate::nudge() const { eventfd_write(wake_.get(), 1); }

void FastcgiGate::give_back(UniqueFd fd, Fate fate, bool known_to_epoll) {
  if (fate != Fate::kClosed) {
    const std::lock_guard lock(returned_mutex_);
    // The next request of a kept connection wakes the gate, and no sooner need it know.
    const bool watched = fate == Fate::kKeep && ask_for_events(fd.get(), known_to_epoll, true);
    returned_.push_back({.fd = std::move(fd),
                         .fate = fate,
                         .known_to_epoll = known_to_epoll || watched,
                         .watched = watched});
  }
  --in_flight_;
  if (draining() || fate == Fate::kLinger) nudge();
}

bool FastcgiGate::idle() {
  if (!connections_.empty() || in_flight_ != 0) return false;
  const std::lock_guard lock(returned_mutex_);
  return returned_.empty();
}

/// Without connections nothing has a deadline, and the process sleeps.
int FastcgiGate::wait_ms() {
  if (accepting_ && !draining() && idle()) return -1;
  const auto left = std::chrono::ceil<milliseconds>(next_tick_ - now_);
  return static_cast<int>(std::clamp(left, milliseconds{0}, kTick).count());
}

// ---------------------------------------------------------------------------- accepting

void FastcgiGate::resume_accepting() {
  // Exclusive: of the processes that share the socket, one wakes up for one connection.
  epoll_event event{.events = EPOLLIN | EPOLLEXCLUSIVE, .data = {.fd = listener_.fd.get()}};
  accepting_ =
      epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.fd.get(), &event) == 0 || errno == EEXIST;
  if (!accepting_) accept_again_ = now_ + kAcceptPause;
}

void FastcgiGate::pause_accepting(std::string_view reason) {
  if (accepting_) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.fd.get(), nullptr);
  accepting_ = false;
  accept_again_ = now_ + kAcceptPause;
  if (now_ < next_pause_report_) return;
  next_pause_report_ = now_ + kPauseReportInterval;
  log_.event(LogLevel::kError, "accept_paused", {{"reason", reason}});
}

/// The kept connection that has waited longest for its next request makes room.
bool FastcgiGate::evict_idle() {
  auto oldest = connections_.end();
  for (auto it = connections_.begin(); it != connections_.end(); ++it) {
    if (it->second.phase != Phase::kIdle) continue;
    if (oldest == connections_.end() || it->second.deadline < oldest->second.deadline) oldest = it;
  }
  if (oldest == connections_.end()) return false;
  connections_.erase(oldest);
  return true;
}

void FastcgiGate::accept_connections() {
  // The flag belongs to all who share an inherited socket: systemd clears it whenever it starts a
  // command of the unit, ExecReload among them.
  fcntl(listener_.fd.get(), F_SETFL, fcntl(listener_.fd.get(), F_GETFL) | O_NONBLOCK);
  for (int i = 0; i < kMaxAcceptsAtOnce || drain_begun_; ++i) {
    if (connections_.size() + in_flight_ >= options_.max_connections && !evict_idle()) {
      pause_accepting("too many connections");
      return;
    }
    UniqueFd fd(accept4(listener_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) {
      const int error = errno;
      if (error == EAGAIN || error == EWOULDBLOCK) return;
      if (error == EINTR || error == ECONNABORTED) continue;
      const bool no_room =
          error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
      if (no_room && evict_idle()) continue;
      pause_accepting(std::strerror(error));
      return;
    }
    set_socket_options(fd.get(), options_.io_time, tcp_);
    const int number = fd.get();
    connections_[number] = {.fd = std::move(fd), .deadline = now_ + options_.receive_time};
    look(number, false);  // the request is often there already
  }
}

// ---------------------------------------------------------------------------- looking

bool FastcgiGate::ask_for_events(int fd, bool known, bool one_shot) {
  epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.fd = fd}};
  if (one_shot) event.events |= EPOLLONESHOT;
  return epoll_ctl(epoll_.get(), known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) == 0;
}

void FastcgiGate::watch(Connection& connection) {
  if (connection.watched) return;
  // The event that brings a whole request is the last: a worker has the connection to itself, and
  // no call has to say so. Of a request in pieces the first stay unread, and to ask again would
  // bring the same event again.
  connection.one_shot = connection.phase == Phase::kFresh || connection.phase == Phase::kIdle;
  connection.watched =
      ask_for_events(connection.fd.get(), connection.known_to_epoll, connection.one_shot);
  connection.known_to_epoll = connection.known_to_epoll || connection.watched;
}

void FastcgiGate::unwatch(Connection& connection) {
  if (!connection.watched) return;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection.fd.get(), nullptr);
  connection.known_to_epoll = connection.watched = false;
}

void FastcgiGate::take_event(int fd, bool hung_up) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;  // closed earlier in this round
  if (found->second.one_shot) found->second.watched = false;
  look(fd, hung_up);
}

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

// ---------------------------------------------------------------------------- time

void FastcgiGate::take_returned() {
  std::vector<Returned> returned;
  {
    const std::lock_guard lock(returned_mutex_);
    returned.swap(returned_);
  }
  for (Returned& one : returned) {
    const int number = one.fd.get();
    Connection& connection = connections_[number];
    connection = {.fd = std::move(one.fd),
                  .phase = Phase::kIdle,
                  .known_to_epoll = one.known_to_epoll,
                  .watched = one.watched,
                  .one_shot = true};
    if (one.fate == Fate::kLinger) {
      linger(connection);
    } else {
      connection.deadline = now_ + options_.idle_time;
      if (drain_begun_) look(number, false);  // else its event may come too late
    }
  }
}

void FastcgiGate::tick() {
  next_tick_ = now_ + kTick;
  for (IoWatchdog& watchdog : watchdogs_) watchdog.check(now_);
  if (!accepting_ && !drain_begun_ && now_ >= accept_again_) resume_accepting();

  std::vector<int> expired;
  std::vector<int> unwatched;
  for (const auto& [fd, connection] : connections_) {
    // A kept connection that came back while draining has nothing more to expect.
    if (now_ >= connection.deadline || (drain_begun_ && connection.phase == Phase::kIdle)) {
      expired.push_back(fd);
    } else if (!connection.watched) {
      unwatched.push_back(fd);
    }
  }
  for (const int fd : expired) drop(fd);
  for (const int fd : unwatched) look(fd, false);
}

void FastcgiGate::begin_drain() {
  drain_begun_ = true;
  drain_deadline_ = now_ + options_.drain_time;
  if (!listener_.inherited) {
    // Nobody else will: whoever connected before the path went away is served.
    remove_socket_file(listener_);
    accept_connections();
  }
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.fd.get(), nullptr);
  accepting_ = false;
  listener_.fd.reset();

  std::vector<int> open;
  for (const auto& [fd, connection] : connections_) open.push_back(fd);
  for (const int fd : open) {
    look(fd, false);
    const auto found = connections_.find(fd);
    if (found == connections_.end()) continue;
    Connection& connection = found->second;
    if (connection.phase == Phase::kIdle) {
      drop(fd);
    } else if (connection.phase == Phase::kFresh) {
      connection.deadline = std::min(connection.deadline, now_ + kFreshTimeInDrain);
    }
  }
}

}  // namespace masterkey2
