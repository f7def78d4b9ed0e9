// Tries what the service may not do: run in place of the server, in its unit's sandbox. A line for
// each trial: `NAME: refused` (and why) or `NAME: allowed`.
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

void report(const std::string& name, bool allowed) {
  std::printf(
      "%s: %s\n", name.c_str(),
      allowed ? "allowed" : (std::string("refused (") + std::strerror(errno) + ")").c_str());
}

void try_socket(const char* name, int family, int type) {
  const int fd = socket(family, type, 0);
  report(std::string("socket ") + name, fd >= 0);
  if (fd >= 0) close(fd);
}

void try_write(const std::string& folder) {
  const std::string path = folder + "/sandbox_probe";
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  report("write " + folder, fd >= 0);
  if (fd < 0) return;
  close(fd);
  unlink(path.c_str());
}

/// Allowed if it ends well, in a child.
void try_run(const std::string& name, std::vector<const char*> words) {
  const pid_t child = fork();
  if (child == 0) {
    words.push_back(nullptr);
    execv(words[0], const_cast<char**>(words.data()));
    _exit(errno);
  }
  int status = 0;
  waitpid(child, &status, 0);
  errno = WEXITSTATUS(status);
  report("run " + name, status == 0);
}

/// What it wrote itself.
void try_run_own(const std::string& folder) {
  const std::string file = folder + "/sandbox_probe";
  const char* const path = file.c_str();
  const int from = open("/usr/sbin/masterkey2-fcgi", O_RDONLY);
  const int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
  char buffer[65'536];
  for (ssize_t count = 0; (count = read(from, buffer, sizeof buffer)) > 0;) {
    if (write(to, buffer, static_cast<std::size_t>(count)) != count) return;
  }
  close(from);
  close(to);
  try_run("what it wrote to " + folder, {path, "--version"});
  unlink(path);
}

}  // namespace

int main(int, char** words) {
  // Run by a trial of its own.
  if (words[1] != nullptr && std::strcmp(words[1], "--version") == 0) return 0;

  try_socket("unix", AF_UNIX, SOCK_STREAM);
  try_socket("inet", AF_INET, SOCK_STREAM);
  try_socket("inet6", AF_INET6, SOCK_STREAM);
  try_socket("netlink", AF_NETLINK, SOCK_RAW);
  try_socket("packet", AF_PACKET, SOCK_DGRAM);
  try_socket("alg", AF_ALG, SOCK_SEQPACKET);
  try_socket("vsock", AF_VSOCK, SOCK_STREAM);
  for (const char* folder : {"/",
                             "/boot",
                             "/dev",
                             "/etc",
                             "/etc/masterkey2",
                             "/etc/masterkey2/conf.d",
                             "/home",
                             "/opt",
                             "/root",
                             "/run",
                             "/run/masterkey2",
                             "/srv",
                             "/sys/fs/cgroup",
                             "/usr/lib",
                             "/usr/local",
                             "/usr/share/masterkey2/sdk",
                             "/var",
                             "/var/cache",
                             "/var/lib",
                             "/var/log",
                             "/var/mail",
                             "/var/lib/masterkey2"}) {
    try_write(folder);
  }
  try_run("itself", {"/usr/sbin/masterkey2-fcgi", "--version"});
  try_run("true", {"/usr/bin/true"});
  try_run("true by the loader", {"/lib64/ld-linux-x86-64.so.2", "/usr/bin/true"});
  try_run("sh", {"/bin/sh", "-c", ":"});
  try_run("masterkey2ctl", {"/usr/bin/masterkey2ctl", "--help"});
  for (const char* folder : {"/var/lib/masterkey2", "/tmp", "/var/tmp", "/dev/shm"}) {
    try_run_own(folder);
  }
  report("memory that can be written and run",
         mmap(nullptr, 4'096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
              0) != MAP_FAILED);
  report("a namespace", unshare(CLONE_NEWUSER) == 0);
  report("another user", setuid(0) == 0);
  report("tracing", ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0);
  return 0;
}
