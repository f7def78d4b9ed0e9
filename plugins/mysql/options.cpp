#include "options.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace masterkey2::mysql {
namespace {

constexpr std::size_t kMaxPasswordSize = 1024;

StorageError invalid_option(std::string_view name, std::string_view why) {
  return {StorageErrorCode::kInvalidOptions, std::string(name) + ": " + std::string(why)};
}

/// Reads one option after the other and keeps the first complaint.
class OptionReader {
 public:
  explicit OptionReader(const StorageOptions& options) : options_(options) {}

  [[nodiscard]] std::string text(std::string_view name, std::size_t most) {
    const auto found = options_.find(name);
    if (found == options_.end()) return {};
    for (const char character : found->second) {
      if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) {
        complain(name, "must not hold control characters");
      }
    }
    if (found->second.size() > most) complain(name, "is too long");
    return found->second;
  }

  [[nodiscard]] std::string path(std::string_view name) {
    std::string value = text(name, 4000);
    if (!value.empty() && !value.starts_with('/')) complain(name, "must be an absolute path");
    return value;
  }

  /// A path to a file that can be read now.
  [[nodiscard]] std::string file(std::string_view name) {
    std::string value = path(name);
    if (!value.empty() && !error_ && ::access(value.c_str(), R_OK) != 0) {
      complain(name, "no file that can be read: " + value);
    }
    return value;
  }

  [[nodiscard]] std::uint32_t number(std::string_view name, std::uint32_t least,
                                     std::uint32_t most) {
    const std::string value = text(name, 32);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number < least ||
        number > most) {
      complain(name,
               "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return number;
  }

  [[nodiscard]] bool boolean(std::string_view name) {
    const std::string value = text(name, 8);
    if (value == "yes" || value == "true") return true;
    if (value != "no" && value != "false") complain(name, "must be yes or no");
    return false;
  }

  void complain(std::string_view name, std::string_view why) {
    if (!error_) error_ = invalid_option(name, why);
  }

  [[nodiscard]] const std::optional<StorageError>& error() const { return error_; }

 private:
  const StorageOptions& options_;
  std::optional<StorageError> error_;
};

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

StorageResult<std::string> read_password(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    return invalid_option("password_file", "cannot be opened: " + path);
  }
  if (!S_ISREG(status.st_mode)) return invalid_option("password_file", "is no regular file");
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return invalid_option("password_file", "belongs to another user");
  }
  if ((status.st_mode & (S_IWGRP | S_IRWXO)) != 0) {
    return invalid_option("password_file",
                          "others can read or write it: its mode must be 0600 or 0640");
  }
  std::array<char, kMaxPasswordSize + 2> text{};
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return invalid_option("password_file", "cannot be read");
  std::string_view line(text.data(), static_cast<std::size_t>(size));
  line = line.substr(0, line.find_first_of("\r\n"));
  if (line.empty() || line.size() > kMaxPasswordSize || line.find('\0') != std::string_view::npos) {
    return invalid_option("password_file", "its first line must be the password");
  }
  return std::string(line);
}

StorageResult<MysqlOptions> read_options(const StorageOptions& options) {
  OptionReader reader(options);
  MysqlOptions chosen;
  chosen.host = reader.text("host", 255);
  chosen.socket = reader.path("socket");
  chosen.port = static_cast<std::uint16_t>(reader.number("port", 1, 65535));
  chosen.database = reader.text("database", 64);
  chosen.user = reader.text("user", 80);
  chosen.password_file = reader.path("password_file");
  chosen.tls_ca = reader.file("tls_ca");
  chosen.tls_cert = reader.file("tls_cert");
  chosen.tls_key = reader.file("tls_key");
  chosen.tls_required = reader.boolean("tls_required");
  chosen.tls_verify = reader.boolean("tls_verify");
  chosen.compound_statements = reader.boolean("compound_statements");
  chosen.pool_size = reader.number("pool_size", 1, 1024);
  chosen.timeout = std::chrono::seconds(reader.number("timeout_s", 2, 60));

  if (chosen.host.empty() == chosen.socket.empty()) {
    reader.complain("host", "exactly one of host and socket must be given");
  }
  if (chosen.host.find_first_of("/:, ") != std::string::npos) {
    reader.complain("host", "must be one host name or IPv4 address");
  }
  // The system limit for the path of a socket.
  if (chosen.socket.size() > 107) reader.complain("socket", "is too long");
  if (chosen.database.empty()) reader.complain("database", "must not be empty");
  if (chosen.user.empty()) reader.complain("user", "must not be empty");
  if (!chosen.host.empty() && chosen.tls_required && chosen.tls_ca.empty()) {
    reader.complain("tls_ca", "is needed with host, unless tls_required is no");
  }
  if (chosen.tls_cert.empty() != chosen.tls_key.empty()) {
    reader.complain("tls_cert", "tls_cert and tls_key need one another");
  }
  if (reader.error()) return *reader.error();
  if (!chosen.password_file.empty()) {
    if (const auto password = read_password(chosen.password_file); !password) {
      return password.error();
    }
  }
  return chosen;
}

}  // namespace masterkey2::mysql
