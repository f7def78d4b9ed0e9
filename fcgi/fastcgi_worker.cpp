#include "fcgi/fastcgi_worker.hpp"

#include <fcgiapp.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <string>

#include "fcgi/cgi_response.hpp"
#include "fcgi/fastcgi_params.hpp"
#include "fcgi/http_request.hpp"

namespace masterkey2 {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxBody = std::size_t{64} * 1024;

enum class BodyEnd : std::uint8_t {
  kWhole,
  kUnread,  ///< larger than kMaxBody: the rest was not read
  kCut,     ///< the peer went away, stalled or broke the protocol: nobody waits for an answer
};

class Worker {
 public:
  explicit Worker(const WorkerContext& context) : context_(context), buffer_(kMaxBody + 1) {
    // Listening descriptor -1: libfcgi can never accept by itself.
    FCGX_InitRequest(&fcgx_, -1, 0);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() { FCGX_Free(&fcgx_, 0); }

  void run() {
    std::string line;
    while (auto ready = context_.queue.pop(line)) {
      line = std::move(ready->line);
      serve(std::move(*ready));
    }
  }

 private:
  void serve(ReadyConnection ready) {
    fcgx_.ipcFd = ready.fd.release();
    fcgx_.keepConnection = 1;  // else FCGX_Accept_r closes the descriptor that it is given
    if (FCGX_Accept_r(&fcgx_) < 0) {
      // libfcgi has closed it.
      context_.gate.give_back(UniqueFd(), FastcgiGate::Fate::kClosed, false);
      return;
    }
    HttpRequest request = make_http_request(params(), context_.gate.options().peers);
    int status = 0;
    RequestLog line;
    const BodyEnd end = read_body(request);
    bool sent = false;
    if (end == BodyEnd::kCut) {
      status = error_status(ErrorCode::kInvalidRequest);
      line.code = error_word(ErrorCode::kInvalidRequest);
      line.detail = "the connection ended within the request; nothing was answered";
    } else {
      const bool too_late =
          steady_clock::now() - ready.ready_at > context_.gate.options().wait_time;
      const HttpResponse response = too_late ? shed(request, line) : answer(request, line);
      status = response.status;
      sent = write(cgi_response_text(response, request.request_id));
    }
    const bool keep = sent && end == BodyEnd::kWhole && fcgx_.keepConnection != 0 &&
                      !ready.close_after && !context_.gate.draining();
    release(keep, sent && end == BodyEnd::kUnread, ready.known_to_epoll);
    const auto duration =
        std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - ready.ready_at);
    context_.gate.report(request, status, line, duration.count());
  }

  /// Borrowed from libfcgi. The gate has seen that no name holds `=` and nothing holds NUL.
  const std::vector<Param>& params() {
    params_.clear();
    for (char** entry = fcgx_.envp; *entry != nullptr; ++entry) {
      const std::string_view text(*entry);
      const std::size_t equals = text.find('=');
      params_.push_back({.name = text.substr(0, equals), .value = text.substr(equals + 1)});
    }
    return params_;
  }

  BodyEnd read_body(HttpRequest& request) {
    declared_size_.reset();
    if (const char* text = FCGX_GetParam("CONTENT_LENGTH", fcgx_.envp)) {
      declared_size_ = parse_content_length(text);
    }
    if (declared_size_ && *declared_size_ > kMaxBody) {
      request.body_too_large = true;
      return BodyEnd::kUnread;
    }
    context_.watchdog.arm(fcgx_.ipcFd, steady_clock::now() + context_.receive_time);
    const int count = FCGX_GetStr(buffer_.data(), static_cast<int>(buffer_.size()), fcgx_.in);
    context_.watchdog.disarm();
    // A cut body looks like a short one but for this.
    if (count < 0 || FCGX_GetError(fcgx_.in) != 0) return BodyEnd::kCut;
    const auto size = static_cast<std::size_t>(count);
    if (size > kMaxBody) {
      request.body_too_large = true;
      return BodyEnd::kUnread;
    }
    request.body.assign(buffer_.data(), size);
    return BodyEnd::kWhole;
  }

  HttpResponse shed(const HttpRequest& request, RequestLog& line) {
    return context_.router.refuse(request,
                                  {.code = ErrorCode::kOverloaded,
                                   .detail = "waited too long for a worker",
                                   .retry_after_seconds = 1},
                                  line);
  }

  HttpResponse answer(const HttpRequest& request, RequestLog& line) {
    try {
      if (!request.body_too_large && declared_size_ && *declared_size_ != request.body.size()) {
        return context_.router.refuse(request,
                                      {.code = ErrorCode::kInvalidRequest,
                                       .detail = "the body has not the length that was declared"},
                                      line);
      }
      return context_.router.handle(request, line);
    } catch (const std::exception&) {
      // Out of memory, at most: handlers' exceptions end in the router.
      line.code = error_word(ErrorCode::kInternal);
      return {.status = error_status(ErrorCode::kInternal)};
    }
  }

  /// True if the whole answer left.
  bool write(const std::string& text) {
    context_.watchdog.arm(fcgx_.ipcFd, steady_clock::now() + context_.receive_time);
    FCGX_PutStr(text.data(), static_cast<int>(text.size()), fcgx_.out);
    FCGX_FClose(fcgx_.err);
    FCGX_FClose(fcgx_.out);
    context_.watchdog.disarm();
    return FCGX_GetError(fcgx_.out) == 0;
  }

  void release(bool keep, bool linger, bool known_to_epoll) {
    if (keep || linger) {
      UniqueFd fd(fcgx_.ipcFd);
      FCGX_Free(&fcgx_, 0);
      fcgx_.ipcFd = -1;
      context_.gate.give_back(std::move(fd),
                              keep ? FastcgiGate::Fate::kKeep : FastcgiGate::Fate::kLinger,
                              known_to_epoll);
      return;
    }
    // All was read: a plain close loses nothing, and no thread waits for the peer to follow.
    FCGX_Detach(&fcgx_);
    FCGX_Free(&fcgx_, 1);
    context_.gate.give_back(UniqueFd(), FastcgiGate::Fate::kClosed, false);
  }

  const WorkerContext& context_;
  FCGX_Request fcgx_{};
  std::vector<char> buffer_;
  std::vector<Param> params_;
  std::optional<std::uint64_t> declared_size_;
};

}  // namespace

void initialize_fastcgi_library() {
  // How long libfcgi's own close may wait for a peer, in ms (default 2,000).
  setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "50", 0);
  FCGX_Init();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGUSR1, SIG_DFL);
}

void run_fastcgi_worker(const WorkerContext& context) { Worker(context).run(); }

}  // namespace masterkey2
