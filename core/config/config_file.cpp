// Reads the configuration from a file that nobody else may have written.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "config/config.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxFileSize = std::size_t{256} * 1024;

struct FileText {
  std::string text;
  std::string mistake;  ///< empty: `text` is the whole file
};

std::string ownership_mistake(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return "may be written by its group or by others; run chmod go-w on it";
  }
  if (status.st_uid != 0 && status.st_uid != geteuid()) {
    return "belongs to another user; make root its owner";
  }
  return {};
}

FileText read_descriptor(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return {.mistake = std::strerror(errno)};
  if (std::string mistake = ownership_mistake(status); !mistake.empty()) {
    return {.mistake = std::move(mistake)};
  }
  FileText file;
  std::array<char, 16'384> buffer{};
  while (true) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return {.mistake = std::string("cannot be read: ") + std::strerror(errno)};
    if (count == 0) return file;
    file.text.append(buffer.data(), static_cast<std::size_t>(count));
    if (file.text.size() > kMaxFileSize) return {.mistake = "is larger than 256 KiB"};
  }
}

}  // namespace

Result<Config, std::vector<ConfigMistake>> read_config(const std::string& path) {
  // Non-blocking, so that a FIFO in the file's place cannot hold the process.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return std::vector{ConfigMistake{
        .file = path, .text = std::string("cannot be opened: ") + std::strerror(errno)}};
  }
  const FileText file = read_descriptor(fd);
  close(fd);
  if (!file.mistake.empty()) {
    return std::vector{ConfigMistake{.file = path, .text = file.mistake}};
  }
  return parse_config(file.text, path);
}

}  // namespace masterkey2
