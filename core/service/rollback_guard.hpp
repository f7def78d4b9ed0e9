// Notices a storage that was put back to an older state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "masterkey2/result.hpp"
#include "masterkey2/storage.hpp"

namespace masterkey2 {

/// What a host remembers of the storage, in a file beside the key ring.
struct StorageAnchor {
  Digest installation;
  std::uint64_t epoch = 0;
  std::uint64_t heartbeat = 0;
  /// When this host began to remember, if the storage was in use before: it may be a copy that was
  /// brought here. 0: from its beginning.
  UnixMillis since = 0;

  bool operator==(const StorageAnchor&) const = default;
};

/// Absent if there is none. The error is one sentence.
[[nodiscard]] Result<std::optional<StorageAnchor>, std::string> read_storage_anchor(
    const std::string& path);
/// Replaces the file (mode 0600).
[[nodiscard]] Result<void, std::string> write_storage_anchor(const std::string& path,
                                                             const StorageAnchor& anchor);
/// `/var/lib/masterkey2/keyring.json` → `/var/lib/masterkey2/storage_anchor.json`.
[[nodiscard]] std::string storage_anchor_path(const std::string& key_ring_path);

/// The storage shows less than the host has seen already, and nobody has said that it was restored
/// (a raised epoch says so). Another installation is no older one.
[[nodiscard]] bool is_rolled_back(const Installation& installation, const StorageAnchor& anchor);

/// One sentence for operators.
[[nodiscard]] std::string rollback_sentence(const Installation& installation,
                                            const StorageAnchor& anchor);

/// Why the storage is not to be believed; absent: it is. An anchor at `path` that cannot be read is
/// a reason, one that is missing is none.
[[nodiscard]] StorageResult<std::optional<std::string>> storage_doubt(Storage& storage,
                                                                      const std::string& path);

/// When the rows of this storage may last have been put back from a copy: a raised epoch, an
/// import, or a host that meets a storage with a past. 0: never. Absent: the anchor cannot be read.
[[nodiscard]] std::optional<UnixMillis> rows_put_back_at(const Installation& installation,
                                                         const std::string& anchor_path,
                                                         UnixMillis now);

/// Counts the storage's heartbeat up, then remembers it: the anchor never runs ahead. Fails, and
/// writes nothing, for a storage that was rolled back.
[[nodiscard]] Result<void, std::string> beat(Storage& storage, const std::string& anchor_path,
                                             UnixMillis now);

/// After a restore: raises the epoch above every one that was in use, so that older tokens die, and
/// lets the heartbeat go on from there. Answers the new epoch.
[[nodiscard]] Result<std::uint64_t, std::string> accept_restored_storage(
    Storage& storage, const std::string& anchor_path, UnixMillis now);

}  // namespace masterkey2
