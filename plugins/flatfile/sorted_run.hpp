// Rows that have left the log and need not be in memory: sorted runs, one file each, never changed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "folder.hpp"
#include "record_writer.hpp"

namespace masterkey2::flatfile {

/// Rows in ascending order. `Rows` says what they are: Row, its Key and how both stand in a file
/// (audit_rows.hpp, mark_rows.hpp).
template <class Rows>
class SortedStream {
 public:
  using Row = typename Rows::Row;

  SortedStream() = default;
  SortedStream(const SortedStream&) = delete;
  SortedStream& operator=(const SortedStream&) = delete;
  virtual ~SortedStream() = default;
  /// Null at the end; lives until next(), as does what it borrows.
  [[nodiscard]] virtual StorageResult<const Row*> peek() = 0;
  virtual void next() = 0;
};

template <class Rows>
using SortedStreams = std::vector<std::unique_ptr<SortedStream<Rows>>>;

/// Several streams as one; of rows with the same key the one of the first stream that has it.
template <class Rows>
[[nodiscard]] std::unique_ptr<SortedStream<Rows>> merge(SortedStreams<Rows> streams);

/// Thread-safe; holds the index of its blocks in memory.
template <class Rows>
class SortedRun : public std::enable_shared_from_this<SortedRun<Rows>> {
 public:
  using Row = typename Rows::Row;
  using Key = typename Rows::Key;

  [[nodiscard]] static StorageResult<std::shared_ptr<const SortedRun>> open(const Folder& folder,
                                                                            std::uint64_t number);

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::uint64_t row_count() const { return row_count_; }
  /// The highest `keep_until` of any row.
  [[nodiscard]] UnixMillis keep_until() const { return keep_until_; }
  /// From the first row that is not below `from`.
  [[nodiscard]] std::unique_ptr<SortedStream<Rows>> stream(const Key& from) const;
  /// Reads one block at most.
  [[nodiscard]] StorageResult<std::optional<Row>> find(const Key& key) const
      requires(!Rows::kRowsBorrow);

 private:
  class Stream;
  struct Block {
    Key first;
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
  };
  SortedRun() = default;
  /// The block that holds `key` if any does; past the end: none.
  [[nodiscard]] std::size_t block_of(const Key& key) const;
  struct BlockRows {
    Bytes bytes;  ///< of which the rows may borrow
    std::vector<Row> rows;
  };
  /// Into `rows`, which keeps its room; it is empty after a failure.
  [[nodiscard]] StorageResult<void> read_block(const Block& block, BlockRows& into) const;

  std::shared_ptr<DataFile> file_;
  std::uint32_t seed_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t row_count_ = 0;
  UnixMillis keep_until_ = 0;
  std::vector<Block> blocks_;
};

template <class Rows>
using SortedRuns = std::vector<std::shared_ptr<const SortedRun<Rows>>>;

/// Writes the rows of `stream` that are `wanted` as the run that `header` numbers.
template <class Rows>
[[nodiscard]] StorageResult<void> write_run(
    const Folder& folder, FileHeader header, SortedStream<Rows>& stream,
    const std::function<bool(const typename Rows::Row&)>& wanted, const StopRequested& stop);

}  // namespace masterkey2::flatfile
