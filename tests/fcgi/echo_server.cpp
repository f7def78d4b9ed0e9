// The server with routes that echo, below /api, as a program that a web server starts with the
// listening socket as its descriptor 0: echo_server LOG.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "echo_routes.hpp"
#include "fcgi/event_log.hpp"
#include "fcgi/fcgi_server.hpp"
#include "fcgi/listen_socket.hpp"

int main(int count, char** words) {
  using namespace masterkey2;
  if (count != 2) return 64;
  auto socket = take_inherited_socket();
  if (!socket) return 64;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  initialize_fastcgi_library();

  const UniqueFd log_file(open(words[1], O_WRONLY | O_APPEND | O_CLOEXEC));
  EventLog log(log_file.get(), LogLevel::kDebug);
  Barrier barrier;
  std::atomic<int> handled = 0;
  const Router router(echo_routes(barrier, handled), "/api");
  FcgiServer server(*std::move(socket), router, log, {.workers = 4});
  int signal = 0;
  sigwait(&signals, &signal);
  server.drain();
  return server.wait() ? 0 : 1;
}
