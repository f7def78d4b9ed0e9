#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

extern char** environ;

namespace masterkey2::testing {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// In the child, between fork and exec: only what is allowed there.
void place_descriptors(const std::vector<std::pair<int, int>>& moves) {
  const int null = open("/dev/null", O_RDWR);
  // Copies high up first, so that no target covers a source.
  int copies[16];
  std::size_t count = 0;
  for (const auto& move : moves) copies[count++] = fcntl(move.second, F_DUPFD, 100);
  for (int fd = 0; fd <= 2; ++fd) dup2(null, fd);
  count = 0;
  for (const auto& move : moves) {
    dup2(copies[count], move.first);
    close(copies[count++]);
  }
  if (null > 2) {
    bool wanted = false;
    for (const auto& move : moves) wanted = wanted || move.first == null;
    if (!wanted) close(null);
  }
}

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options) {
  std::vector<std::string> arguments = options.arguments;
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  for (const auto& [name, value] : options.environment) {
    environment.emplace_back(name).append("=").append(value);
  }
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(environment);
  const std::vector<std::pair<int, int>> moves(options.descriptors.begin(),
                                               options.descriptors.end());
  if (moves.size() > 16) throw std::runtime_error("too many descriptors");
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (pid_ > 0) return;

  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  place_descriptors(moves);
  execvpe(argv[0], argv.data(), envp.data());
  _exit(127);
}

ChildProcess::~ChildProcess() {
  if (result_) return;
  // A program with children of its own gets the chance to end them.
  kill(pid_, SIGTERM);
  if (wait(std::chrono::seconds(5))) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void ChildProcess::signal(int number) const {
  if (!result_) kill(pid_, number);
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds time) {
  if (result_) return result_;
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{.fd = handle, .events = POLLIN, .revents = 0};
  const int count = poll(&ended, 1, static_cast<int>(time.count()));
  close(handle);
  if (count <= 0) return std::nullopt;
  int status = 0;
  waitpid(pid_, &status, 0);
  result_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return result_;
}

}  // namespace masterkey2::testing
