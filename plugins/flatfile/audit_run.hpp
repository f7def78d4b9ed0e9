// Audit entries that have left the log: sorted runs, one file each, never changed.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <vector>

#include "folder.hpp"
#include "masterkey2/audit_entry.hpp"
#include "record_writer.hpp"

namespace masterkey2::flatfile {

struct DataFile;

/// The order of entries, in runs and in lists.
struct AuditKey {
  TenantId tenant;
  UnixMillis at = 0;
  TokenId chain;
  std::uint64_t sequence = 0;

  auto operator<=>(const AuditKey&) const = default;
};

[[nodiscard]] inline AuditKey key_of(const AuditEntry& entry) {
  return {entry.tenant, entry.at, entry.chain, entry.sequence};
}

/// Entries in ascending order.
class AuditStream {
 public:
  AuditStream() = default;
  AuditStream(const AuditStream&) = delete;
  AuditStream& operator=(const AuditStream&) = delete;
  virtual ~AuditStream() = default;
  /// Null at the end; lives until next().
  [[nodiscard]] virtual StorageResult<const AuditEntry*> peek() = 0;
  virtual void next() = 0;
};

/// Several streams as one; entries with the same key once.
[[nodiscard]] std::unique_ptr<AuditStream> merge(std::vector<std::unique_ptr<AuditStream>> streams);

/// Thread-safe; holds the index of its blocks in memory.
class AuditRun : public std::enable_shared_from_this<AuditRun> {
 public:
  [[nodiscard]] static StorageResult<std::shared_ptr<const AuditRun>> open(const Folder& folder,
                                                                           std::uint64_t number);

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::uint64_t entry_count() const { return entry_count_; }
  /// The highest `keep_until` of any entry.
  [[nodiscard]] UnixMillis keep_until() const { return keep_until_; }
  /// From the first entry that is not below `from`.
  [[nodiscard]] std::unique_ptr<AuditStream> stream(const AuditKey& from) const;

 private:
  friend class RunStream;
  struct Block {
    AuditKey first;
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
  };
  AuditRun() = default;
  [[nodiscard]] StorageResult<std::vector<AuditEntry>> read_block(const Block& block) const;

  std::shared_ptr<DataFile> file_;
  std::uint32_t seed_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t entry_count_ = 0;
  UnixMillis keep_until_ = 0;
  std::vector<Block> blocks_;
};

/// Writes the entries of `stream` that must still be kept at `now` as run `number`.
[[nodiscard]] StorageResult<void> write_audit_run(const Folder& folder, const FileHeader& header,
                                                  AuditStream& stream, UnixMillis now,
                                                  const StopRequested& stop);

}  // namespace masterkey2::flatfile
