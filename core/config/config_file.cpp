// Reads the configuration from files that nobody else may have written.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "config/config.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxFileSize = std::size_t{256} * 1024;
constexpr std::size_t kMaxDropIns = 64;

struct FileText {
  std::string text;
  std::string mistake;  ///< empty: `text` is the whole file
};

/// Whoever may write it decides what the server does.
std::string ownership_mistake(const struct stat& status) {
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
  if (!S_ISREG(status.st_mode)) return {.mistake = "is not a regular file"};
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

FileText read_file(const std::string& path) {
  // Non-blocking, so that a FIFO in the file's place cannot hold the process.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return {.mistake = std::string("cannot be opened: ") + std::strerror(errno)};
  FileText file = read_descriptor(fd);
  close(fd);
  return file;
}

struct DropInNames {
  std::vector<std::string> names;  ///< sorted
  std::string mistake;             ///< of the folder
};

/// No names where there is no folder. Others than `*.yaml`, and hidden ones, are left alone: what
/// editors and package managers leave behind.
DropInNames list_drop_ins(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(folder.c_str()), &closedir);
  if (!entries) {
    if (errno == ENOENT) return {};
    return {.mistake = std::string("cannot be opened: ") + std::strerror(errno)};
  }
  struct stat status {};
  if (fstat(dirfd(entries.get()), &status) != 0) return {.mistake = std::strerror(errno)};
  if (std::string mistake = ownership_mistake(status); !mistake.empty()) {
    return {.mistake = std::move(mistake)};
  }
  DropInNames found;
  errno = 0;
  while (const dirent* entry = readdir(entries.get())) {
    std::string name = entry->d_name;
    if (name.ends_with(".yaml") && !name.starts_with('.')) found.names.push_back(std::move(name));
  }
  if (errno != 0) return {.mistake = std::string("cannot be read: ") + std::strerror(errno)};
  if (found.names.size() > kMaxDropIns) return {.mistake = "holds more than 64 files"};
  std::sort(found.names.begin(), found.names.end());
  return found;
}

/// `conf.d` beside the file.
std::string drop_in_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return (slash == std::string::npos ? std::string() : path.substr(0, slash + 1)) + "conf.d";
}

}  // namespace

Result<Config, std::vector<ConfigMistake>> read_config(const std::string& path) {
  const std::string folder = drop_in_folder(path);
  const DropInNames drop_ins = list_drop_ins(folder);
  std::vector<ConfigMistake> mistakes;
  std::vector<ConfigText> files;
  const auto add = [&](const std::string& name) {
    FileText file = read_file(name);
    if (file.mistake.empty()) {
      files.push_back({.file = name, .text = std::move(file.text)});
    } else {
      mistakes.push_back({.file = name, .text = std::move(file.mistake)});
    }
  };
  add(path);
  if (!drop_ins.mistake.empty()) mistakes.push_back({.file = folder, .text = drop_ins.mistake});
  for (const std::string& name : drop_ins.names) add(folder + "/" + name);
  if (!mistakes.empty()) return mistakes;
  return parse_config(files);
}

}  // namespace masterkey2
