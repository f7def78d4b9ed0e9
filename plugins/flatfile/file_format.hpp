// The frame of every numbered file: a header, then records (FORMAT.md "Files" and "Records").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "codec.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/storage_error.hpp"

namespace masterkey2::flatfile {

/// Moves when a file of this program could not be read by the one before; FORMAT.md says how a
/// store is moved on. No constant of the compiler's: it is all that a test changes to have the
/// program after this one.
extern const std::uint32_t kFormatNumber;
/// The first that `migrate` can still read.
inline constexpr std::uint32_t kOldestFormat = 1;
inline constexpr std::size_t kHeaderSize = 128;
inline constexpr std::size_t kRecordHeaderSize = 20;
/// Larger than any transaction within the documented limits.
inline constexpr std::uint32_t kMaxPayloadSize = 16U << 20;

enum class FileKind : std::uint32_t { kLog = 1, kSnapshot = 2, kAuditRun = 3, kMarkRun = 4 };

struct FileHeader {
  FileKind kind{};
  std::uint64_t number = 0;
  Digest installation;
  /// Log: checksum of the seal of the segment before (0: none). Snapshot: of the last one in it.
  std::uint32_t chain = 0;
  std::uint64_t first_sequence = 0;  ///< of the first transaction that is not in earlier files
  std::uint32_t format = kFormatNumber;
};

[[nodiscard]] Bytes encode_header(const FileHeader& header);
/// kIncompatible for a format number below `oldest` or above ours, kCorrupt for anything else that
/// is no header of `kind` and `number`. `name`: for messages.
[[nodiscard]] StorageResult<FileHeader> decode_header(ByteView bytes, FileKind kind,
                                                      std::uint64_t number, std::string_view name,
                                                      std::uint32_t oldest = kFormatNumber);

/// Seeds the checksum of a file's records, so that a record of another file is never valid in it.
[[nodiscard]] std::uint32_t record_seed(const FileHeader& header);

/// Appends to `out` a record that will stand at `offset`. `durable_up_to`: the offset below which
/// all of this file was known to be on disk when the record was made.
void encode_record(Bytes& out, std::uint32_t seed, std::uint64_t offset,
                   std::uint64_t durable_up_to, ByteView payload);

struct Record {
  std::uint64_t durable_up_to = 0;
  std::uint32_t checksum = 0;
  ByteView payload;
  std::size_t size = 0;  ///< with its header
};

/// The record at the start of `bytes`, which stand at `offset` of the file; absent if there is no
/// whole and valid one.
[[nodiscard]] std::optional<Record> decode_record(ByteView bytes, std::uint32_t seed,
                                                  std::uint64_t offset);
/// How many bytes decode_record needs at least, judging by the first kRecordHeaderSize of them;
/// absent if they do not begin a record.
[[nodiscard]] std::optional<std::size_t> record_size(ByteView bytes);

/// First byte of a payload.
enum class RecordType : std::uint8_t {
  kTransaction = 1,  ///< sequence u64 | now i64 | mutations
  kSeal = 2,         ///< sequence u64 of the next transaction: the segment ends here
  kRows = 3,         ///< snapshot: mutations
  kEnd = 4,          ///< snapshot and sorted run: counters; the file ends here
  kRunBlock = 5,     ///< sorted run: rows in their order
  kRunIndex = 6,     ///< sorted run: first row and place of each block
};

}  // namespace masterkey2::flatfile
