#include "bench/open_load.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include "bench/contender.hpp"
#include "bench/http_message.hpp"
#include "fcgi/unique_fd.hpp"

namespace masterkey2::bench {
namespace {

using std::chrono::steady_clock;

/// For the last answers.
constexpr double kPatience = 5;

/// One visit after the other, on a kept connection.
struct Visitor {
  UniqueFd fd;
  ReplyReader reader;
  std::size_t number = 0;  ///< of the visit: chooses member and token
  bool finishing = false;
  double begun = 0;  ///< of the visit, in s
  double sent = 0;   ///< of its last request, in s
};

class Generator {
 public:
  Generator(const Door& door, const Members& members, const std::vector<std::string>& tokens,
            const OpenLoad& load)
      : door_(door), members_(members), load_(load), visitors_(load.sockets) {
    for (const std::string& token : tokens) headers_.push_back(page_headers(token));
    for (Visitor& visitor : visitors_) idle_.push_back(&visitor);
    result_.seconds = load.seconds;
    result_.due = static_cast<std::size_t>(load.per_second * load.seconds);
  }

  OpenLoadResult run() {
    while (came_ < result_.due ||
           (idle_.size() < visitors_.size() && now() < load_.seconds + kPatience)) {
      come();
      std::array<epoll_event, 64> events{};
      const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 1);
      for (int i = 0; i < count; ++i) {
        receive(*static_cast<Visitor*>(events.at(static_cast<std::size_t>(i)).data.ptr));
      }
    }
    if (idle_.size() < visitors_.size())
      result_.others["no answer"] += visitors_.size() - idle_.size();
    std::sort(result_.refusals.begin(), result_.refusals.end());
    std::sort(result_.visits.begin(), result_.visits.end());
    std::sort(result_.late.begin(), result_.late.end());
    return std::move(result_);
  }

 private:
  [[nodiscard]] double now() const {
    return std::chrono::duration<double>(steady_clock::now() - start_).count();
  }

  /// Those whose time it is.
  void come() {
    const double time = now();
    while (came_ < result_.due) {
      const double due = static_cast<double>(came_) / load_.per_second;
      if (due > time) return;
      ++came_;
      if (idle_.empty()) {
        ++result_.not_offered;
        continue;
      }
      Visitor& visitor = *idle_.back();
      idle_.pop_back();
      visitor.number = came_;
      visitor.finishing = false;
      visitor.begun = time;
      result_.late.push_back(time - due);
      send(visitor, http_request("POST", "begin_authentication", headers_of(visitor), ""));
    }
  }

  [[nodiscard]] const std::string& headers_of(const Visitor& visitor) const {
    return headers_[visitor.number % headers_.size()];
  }

  void connect(Visitor& visitor) const {
    visitor.fd.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(visitor.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(door_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &visitor}};
    if (::connect(visitor.fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
            0 ||
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, visitor.fd.get(), &event) != 0) {
      throw std::runtime_error("cannot connect to port " + std::to_string(door_.port));
    }
  }

  /// A request is far smaller than a socket's buffer.
  void send(Visitor& visitor, const std::string& text) {
    visitor.reader.restart();
    visitor.sent = now();
    for (const bool kept : {static_cast<bool>(visitor.fd), false}) {
      if (!visitor.fd) connect(visitor);
      if (::send(visitor.fd.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(text.size())) {
        return;
      }
      visitor.fd.reset();
      if (!kept) break;
    }
    leave(visitor, "cannot send");
  }

  void receive(Visitor& visitor) {
    std::array<char, 8'192> buffer;
    const ssize_t size = ::recv(visitor.fd.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    auto state = ReplyReader::State::kBroken;
    if (size > 0) state = visitor.reader.take({buffer.data(), static_cast<std::size_t>(size)});
    if (state == ReplyReader::State::kMore) return;
    if (state == ReplyReader::State::kBroken) {
      visitor.fd.reset();
      // An idle one may be closed at any time.
      if (std::find(idle_.begin(), idle_.end(), &visitor) == idle_.end()) {
        leave(visitor, "connection lost");
      }
      return;
    }
    const HttpReply reply = visitor.reader.reply();
    if (reply.last) visitor.fd.reset();
    answered(visitor, reply);
  }

  void answered(Visitor& visitor, const HttpReply& reply) {
    const double time = now();
    if (reply.status == 200) {
      if (visitor.finishing) {
        if (time <= load_.seconds) ++result_.signed_in;
        result_.visits.push_back(time - visitor.begun);
        return leave(visitor);
      }
      visitor.finishing = true;
      const auto& member = members_[visitor.number % members_.size()];
      return send(visitor, http_request("POST", "finish_authentication", headers_of(visitor),
                                        signed_answer(member, reply.body)));
    }
    const bool overloaded =
        reply.status == 503 && reply.body.find(R"("code":"overloaded")") != std::string::npos;
    if (!overloaded && reply.status != 429) {
      return leave(visitor, std::to_string(reply.status) + " " + reply.body.substr(0, 200));
    }
    if (reply.status == 429) {
      ++result_.limited;
    } else {
      ++(visitor.finishing ? result_.finish_refused : result_.begin_refused);
    }
    if (!reply.retry_after) ++result_.without_retry_after;
    result_.refusals.push_back(time - visitor.sent);
    leave(visitor);
  }

  void leave(Visitor& visitor, const std::string& mishap = "") {
    if (!mishap.empty()) ++result_.others[mishap];
    idle_.push_back(&visitor);
  }

  const Door door_;
  const Members& members_;
  const OpenLoad load_;
  std::vector<std::string> headers_;  ///< of each session token
  std::vector<Visitor> visitors_;
  std::vector<Visitor*> idle_;
  UniqueFd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  steady_clock::time_point start_ = steady_clock::now();
  std::size_t came_ = 0;
  OpenLoadResult result_;
};

}  // namespace

OpenLoadResult offer(const Door& door, const Members& members,
                     const std::vector<std::string>& session_tokens, const OpenLoad& load) {
  return Generator(door, members, session_tokens, load).run();
}

Json as_json(const OpenLoadResult& result) {
  return {{"seconds", result.seconds},
          {"due", result.due},
          {"not_offered", result.not_offered},
          {"signed_in", result.signed_in},
          {"begin_refused", result.begin_refused},
          {"finish_refused", result.finish_refused},
          {"limited", result.limited},
          {"without_retry_after", result.without_retry_after},
          {"others", Json(result.others)},
          {"refusal_p50_s", percentile(result.refusals, 50)},
          {"refusal_p99_s", percentile(result.refusals, 99)},
          {"visit_p50_s", percentile(result.visits, 50)},
          {"visit_p99_s", percentile(result.visits, 99)},
          {"late_p99_s", percentile(result.late, 99)}};
}

}  // namespace masterkey2::bench
