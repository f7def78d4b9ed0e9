// The key ring's file: one JSON object
//   {"format": "masterkey2 key ring", "version": 1,
//    "keys": [{"id": "<8 hex digits>", "state": "pending|active|retired",
//              "created_at": <Unix milliseconds>, "secret": "<43 characters of base64url>"}]}
// Nothing but these members: what we do not know we would lose when we write the file again.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "crypto/random.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "token/key_ring.hpp"

namespace masterkey2 {
namespace {

constexpr std::string_view kFormat = "masterkey2 key ring";
constexpr int kVersion = 1;
constexpr std::size_t kMaxFileBytes = 65'536;

/// Closes on scope exit; a write path checks `close` itself.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

KeyRingError error_at(const std::string& path, const std::string& what) {
  return {"key ring " + path + ": " + what};
}

KeyRingError system_error_at(const std::string& path, const std::string& what) {
  return error_at(path, what + ": " + std::strerror(errno));
}

/// Who may have written the file and who may read it.
std::optional<std::string> mistrust(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return "belongs to user " + std::to_string(status.st_uid) +
           ": it must belong to the user that reads it (" + std::to_string(::geteuid()) +
           ") or to root";
  }
  const mode_t allowed = status.st_uid == 0 ? 0640 : 0600;
  if ((status.st_mode & 07777 & ~allowed) != 0) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(status.st_mode & 07777));
    return "has mode " + std::string(mode.data()) + ", which lets others at the secrets: chmod " +
           (status.st_uid == 0 ? "0640" : "0600");
  }
  return std::nullopt;
}

std::optional<RingKey> parse_key(const Json& entry) {
  if (!entry.is_object() || entry.size() != 4) return std::nullopt;
  const auto id = entry.find("id");
  const auto state = entry.find("state");
  const auto created_at = entry.find("created_at");
  const auto secret = entry.find("secret");
  const auto absent = entry.end();
  if (id == absent || state == absent || created_at == absent || secret == absent ||
      !id->is_string() || !state->is_string() || !created_at->is_number_unsigned() ||
      !secret->is_string()) {
    return std::nullopt;
  }
  const auto parsed_id = parse_ring_key_id(id->get_ref<const std::string&>());
  const auto parsed_state = parse_ring_key_state(state->get_ref<const std::string&>());
  const auto bytes = base64url_decode(secret->get_ref<const std::string&>());
  RingKey key;
  if (!parsed_id || !parsed_state || !bytes || bytes->size() != key.secret.size() ||
      created_at->get<std::uint64_t>() > INT64_MAX) {
    return std::nullopt;
  }
  key.id = *parsed_id;
  key.state = *parsed_state;
  key.created_at = created_at->get<UnixMillis>();
  std::copy(bytes->begin(), bytes->end(), key.secret.begin());
  return key;
}

Result<KeyRing, KeyRingError> parse_key_ring(std::string_view text, const std::string& path) {
  const auto json = parse_json(text, {.max_bytes = kMaxFileBytes, .max_depth = 3});
  // The parser's detail names a byte offset and may quote the text: it stays here.
  if (!json || !json->is_object()) return error_at(path, "is not a JSON object");
  if (json->value("format", Json()) != Json(kFormat)) {
    return error_at(path, "is not a key ring (its \"format\" is another)");
  }
  if (json->value("version", Json()) != Json(kVersion)) {
    return error_at(path, "has another version than " + std::to_string(kVersion) +
                              ": a newer program wrote it");
  }
  const auto entries = json->find("keys");
  if (json->size() != 3 || entries == json->end() || !entries->is_array()) {
    return error_at(path, "must hold format, version and keys, and nothing else");
  }
  std::vector<RingKey> keys;
  for (const Json& entry : *entries) {
    auto key = parse_key(entry);
    if (!key) return error_at(path, "entry " + std::to_string(keys.size()) + " is malformed");
    keys.push_back(*key);
  }
  auto ring = KeyRing::from_keys(std::move(keys));
  if (!ring) return error_at(path, ring.error().detail);
  return ring;
}

std::string format_key_ring(const KeyRing& ring) {
  Json keys = Json::array();
  for (const RingKey& key : ring.keys()) {
    keys.push_back({{"id", ring_key_id_text(key.id)},
                    {"state", ring_key_state_word(key.state)},
                    {"created_at", key.created_at},
                    {"secret", base64url_encode(key.secret)}});
  }
  return Json{{"format", kFormat}, {"version", kVersion}, {"keys", keys}}.dump(2) + "\n";
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<void, KeyRingError> sync_folder(const std::string& path) {
  const File folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || ::fsync(folder.fd()) != 0) {
    return system_error_at(path, "its folder cannot be synced");
  }
  return {};
}

}  // namespace

Result<KeyRing, KeyRingError> read_key_ring(const std::string& path) {
  // O_NONBLOCK: a FIFO must not hold us.
  const File file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ELOOP) return error_at(path, "is a symbolic link: name the file itself");
    if (errno == ENOENT) {
      return error_at(path, "does not exist: `masterkey2ctl storage init` makes it");
    }
    return system_error_at(path, "cannot be opened");
  }
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return system_error_at(path, "cannot be examined");
  if (const auto reason = mistrust(status)) return error_at(path, *reason);

  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const ssize_t count = ::read(file.fd(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error_at(path, "cannot be read");
    if (count == 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxFileBytes) return error_at(path, "is larger than a key ring can be");
  }
  return parse_key_ring(text, path);
}

Result<void, KeyRingError> write_key_ring(const std::string& path, const KeyRing& ring,
                                          bool exclusive) {
  std::array<std::uint8_t, 9> suffix{};
  system_random().fill(suffix);
  const std::string temporary = path + ".new-" + base64url_encode(suffix);
  const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                         S_IRUSR | S_IWUSR));
  if (!file.is_open()) return system_error_at(path, "cannot be made");
  if (!write_all(file.fd(), format_key_ring(ring)) || ::fsync(file.fd()) != 0) {
    KeyRingError error = system_error_at(path, "cannot be written");
    ::unlink(temporary.c_str());
    return error;
  }
  // Both atomic: link() refuses a name that exists, rename() replaces it.
  const int placed = exclusive ? ::link(temporary.c_str(), path.c_str())
                               : ::rename(temporary.c_str(), path.c_str());
  if (placed != 0) {
    KeyRingError error = errno == EEXIST ? error_at(path, "exists already and is left as it is")
                                         : system_error_at(path, "cannot be put in place");
    ::unlink(temporary.c_str());
    return error;
  }
  if (exclusive) ::unlink(temporary.c_str());
  return sync_folder(path);
}

}  // namespace masterkey2
