#include "service/rollback_guard.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "encoding/base64url.hpp"
#include "encoding/json.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxAnchorSize = 4'096;
constexpr int kMostRaises = 1'000;

std::string fault(const std::string& path, const std::string& what) {
  return "storage anchor `" + path + "` " + what;
}

std::optional<StorageAnchor> parse_anchor(const std::string& text) {
  const auto json = parse_json(text);
  if (!json || !json->is_object()) return std::nullopt;
  const auto id = json->find("installation");
  const auto epoch = json->find("epoch");
  const auto heartbeat = json->find("heartbeat");
  if (id == json->end() || epoch == json->end() || heartbeat == json->end() || !id->is_string() ||
      !epoch->is_number_unsigned() || !heartbeat->is_number_unsigned()) {
    return std::nullopt;
  }
  const auto bytes = base64url_decode(id->get_ref<const std::string&>());
  const auto installation = bytes ? Digest::from(*bytes) : std::nullopt;
  if (!installation) return std::nullopt;
  // Absent in an anchor of an older version.
  const auto since = json->find("since");
  if (since != json->end() && !since->is_number_unsigned()) return std::nullopt;
  return StorageAnchor{*installation, epoch->get<std::uint64_t>(), heartbeat->get<std::uint64_t>(),
                       since == json->end() ? 0 : since->get<UnixMillis>()};
}

/// All of `text` on the disk, under a name that nobody reads yet.
bool write_whole(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return false;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool synced = written && ::fsync(fd) == 0;
  return ::close(fd) == 0 && synced;
}

/// `anchor`: as read.
UnixMillis known_since(const Installation& installation, const std::optional<StorageAnchor>& anchor,
                       UnixMillis now) {
  if (anchor && anchor->installation == installation.id) return anchor->since;
  return installation.heartbeat == 0 ? 0 : now;
}

Result<void, std::string> set_heartbeat(Storage& storage, const std::string& anchor_path,
                                        const StorageAnchor& anchor, UnixMillis now) {
  if (const auto written = storage.write_heartbeat(anchor.heartbeat, now); !written) {
    return "the heartbeat cannot be written: " + written.error().detail;
  }
  return write_storage_anchor(anchor_path, anchor);
}

}  // namespace

Result<std::optional<StorageAnchor>, std::string> read_storage_anchor(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT) return std::optional<StorageAnchor>{};
    return fault(path, std::string("cannot be read: ") + std::strerror(errno));
  }
  std::string text(kMaxAnchorSize + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  auto anchor = parse_anchor(text);
  if (!anchor)
    return fault(path, "is damaged: if the storage is known to be good, remove the file");
  return anchor;
}

Result<void, std::string> write_storage_anchor(const std::string& path,
                                               const StorageAnchor& anchor) {
  const Json json = {{"installation", base64url_encode(anchor.installation.view())},
                     {"epoch", anchor.epoch},
                     {"heartbeat", anchor.heartbeat},
                     {"since", anchor.since}};
  // Processes of one host may write at once; each has a file of its own until the rename.
  const std::string temporary = path + "." + std::to_string(::getpid());
  if (!write_whole(temporary, json.dump() + "\n") ||
      ::rename(temporary.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    ::unlink(temporary.c_str());
    return fault(path, "cannot be written: " + why);
  }
  return {};
}

std::string storage_anchor_path(const std::string& key_ring_path) {
  return key_ring_path.substr(0, key_ring_path.rfind('/') + 1) + "storage_anchor.json";
}

bool is_rolled_back(const Installation& installation, const StorageAnchor& anchor) {
  if (installation.id != anchor.installation || installation.epoch > anchor.epoch) return false;
  return installation.epoch < anchor.epoch || installation.heartbeat < anchor.heartbeat;
}

std::string rollback_sentence(const Installation& installation, const StorageAnchor& anchor) {
  return "the storage is older than this host has seen it (heartbeat " +
         std::to_string(installation.heartbeat) + ", seen " + std::to_string(anchor.heartbeat) +
         "): if it was restored on purpose, run `masterkey2ctl storage post-restore`";
}

StorageResult<std::optional<std::string>> storage_doubt(Storage& storage, const std::string& path) {
  using Doubt = std::optional<std::string>;
  // The anchor first. Another process of this host counts both up, the storage before the anchor:
  // whoever looks at them in that order may find an anchor that is ahead.
  const auto anchor = read_storage_anchor(path);
  if (!anchor) return Doubt(anchor.error());
  if (!*anchor) return Doubt();
  const auto installation = storage.read_installation();
  if (!installation) return installation.error();
  return is_rolled_back(*installation, **anchor) ? Doubt(rollback_sentence(*installation, **anchor))
                                                 : Doubt();
}

std::optional<UnixMillis> rows_put_back_at(const Installation& installation,
                                           const std::string& anchor_path, UnixMillis now) {
  if (anchor_path.empty()) return installation.epoch_raised_at;
  const auto anchor = read_storage_anchor(anchor_path);
  if (!anchor) return std::nullopt;
  return std::max(installation.epoch_raised_at, known_since(installation, *anchor, now));
}

Result<void, std::string> beat(Storage& storage, const std::string& anchor_path, UnixMillis now) {
  const auto anchor = read_storage_anchor(anchor_path);  // first, as in storage_doubt()
  if (!anchor) return anchor.error();
  const auto installation = storage.read_installation();
  if (!installation) return "the storage cannot be read: " + installation.error().detail;
  if (*anchor && is_rolled_back(*installation, **anchor)) {
    return rollback_sentence(*installation, **anchor);
  }
  return set_heartbeat(storage, anchor_path,
                       {installation->id, installation->epoch, installation->heartbeat + 1,
                        known_since(*installation, *anchor, now)},
                       now);
}

Result<std::uint64_t, std::string> accept_restored_storage(Storage& storage,
                                                           const std::string& anchor_path,
                                                           UnixMillis now) {
  const auto anchor = read_storage_anchor(anchor_path);
  if (!anchor) return anchor.error();
  for (int i = 0; i < kMostRaises; ++i) {
    const auto installation = storage.read_installation();
    if (!installation) return "the storage cannot be read: " + installation.error().detail;
    const bool known = *anchor && (*anchor)->installation == installation->id;
    const std::uint64_t used = known ? (*anchor)->epoch : 0;
    if (i > 0 && installation->epoch > used) {
      const std::uint64_t seen = known ? (*anchor)->heartbeat : 0;
      const StorageAnchor next{installation->id, installation->epoch,
                               std::max(installation->heartbeat, seen) + 1,
                               known_since(*installation, *anchor, now)};
      if (auto set = set_heartbeat(storage, anchor_path, next, now); !set) return set.error();
      return installation->epoch;
    }
    const auto raised = storage.raise_epoch(installation->epoch, now);
    if (!raised) return "the epoch cannot be raised: " + raised.error().detail;
  }
  return std::string("the epoch of the anchor is out of reach: is it another installation's?");
}

}  // namespace masterkey2
