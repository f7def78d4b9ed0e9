// The two small files of fixed size that are overwritten in place (FORMAT.md "Small files").
#pragma once

#include <cstdint>

#include "file.hpp"
#include "masterkey2/storage.hpp"

namespace masterkey2::flatfile {

/// How far a segment was known to be on disk. Tells, after a kill, a torn tail from damage to the
/// last acknowledged record. A hint: never synced, and void for a copy of the store, whose segment
/// is another inode.
struct DurableMark {
  std::uint64_t segment = 0;
  std::uint64_t inode = 0;
  std::uint64_t end = 0;
};
/// All zeros if there is none.
[[nodiscard]] DurableMark read_durable_mark(int fd);
void write_durable_mark(int fd, const DurableMark& mark);

/// The segment of which a sync has failed: nothing may be built on it but a snapshot. 0: none.
[[nodiscard]] std::uint64_t read_suspect_segment(int fd);
void write_suspect_segment(int fd, std::uint64_t segment);

struct Heartbeat {
  std::uint64_t count = 0;
  UnixMillis at = 0;
};
[[nodiscard]] StorageResult<Heartbeat> read_heartbeat(int fd, std::string_view name);
/// In the place of the older of two copies, so that a torn write leaves the other. Synced.
[[nodiscard]] StorageResult<void> write_heartbeat(int fd, const Heartbeat& heartbeat,
                                                  std::string_view name);

/// 0 if it cannot be told.
[[nodiscard]] std::uint64_t inode_of(int fd);

}  // namespace masterkey2::flatfile
