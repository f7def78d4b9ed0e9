// FastcgiGate: connections, from accepting them to the end of the drain.
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
#include <system_error>
#include <utility>

namespace masterkey2 {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kTick{100};
constexpr milliseconds kAcceptPause{100};
constexpr milliseconds kPauseReportInterval{10'000};
constexpr milliseconds kFreshTimeInDrain{1'000};
constexpr int kMaxAcceptsAtOnce = 64;

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

// ---------------------------------------------------------------------------- watching

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
