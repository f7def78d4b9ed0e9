// The files of a store, from the outside.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "masterkey2/bytes.hpp"
#include "plugins/backend.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

[[nodiscard]] PluginRequest flatfile_request(const std::string& store,
                                             const std::string& segment_bytes = "67108864",
                                             const std::string& keep_superseded_s = "3600");
[[nodiscard]] std::string log_name(std::uint64_t number);
[[nodiscard]] Bytes read_file(const std::string& path);
/// Overwrites the file, which stays the same inode.
void write_file(const std::string& path, ByteView bytes);
/// As `cp -a` does: every file a new inode, modes kept.
void copy_store(const std::string& from, const std::string& to);
/// Lets the mark in `durable` speak of the inodes that files have now; by the former ones.
void move_durable_mark(const std::string& store,
                       const std::map<std::uint64_t, std::uint64_t>& inodes);
/// Copies so that all is as it was but for the places of the files: marks count.
void move_store(const std::string& from, const std::string& to);
/// Up to where the segment was synced for certain, as `durable` says; 0 if it says nothing.
[[nodiscard]] std::uint64_t durable_end(const std::string& store);
/// Start of each record of a log segment, and the end of the last.
[[nodiscard]] std::vector<std::size_t> record_starts(const Bytes& segment);

}  // namespace masterkey2::testing
