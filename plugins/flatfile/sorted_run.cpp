#include "sorted_run.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "audit_rows.hpp"
#include "mark_rows.hpp"
#include "view.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kBlocksPerIndexRecord = 65'536;
/// type u8 | rows u64 | keep_until i64 | offset of the first index record u64
constexpr std::size_t kEndSize = kRecordHeaderSize + 1 + 3 * sizeof(std::uint64_t);

Bytes begin_payload(RecordType type) { return {static_cast<std::uint8_t>(type)}; }

template <class Rows>
class MergedStream final : public SortedStream<Rows> {
 public:
  using Row = typename Rows::Row;

  explicit MergedStream(SortedStreams<Rows> streams) {
    for (auto& stream : streams) sources_.push_back({std::move(stream), std::nullopt});
  }

  StorageResult<const Row*> peek() override {
    const Row* least = nullptr;
    for (Source& source : sources_) {
      if (!source.head) {
        const auto row = source.stream->peek();
        if (!row) return row.error();
        source.head = *row;
      }
      const Row* const row = *source.head;
      if (row != nullptr && (least == nullptr || key_of(*row) < key_of(*least))) least = row;
    }
    return least;
  }

  void next() override {
    const auto least = peek();
    if (!least || *least == nullptr) return;
    const typename Rows::Key key = key_of(**least);
    for (Source& source : sources_) {
      while (source.head && *source.head != nullptr && key_of(**source.head) == key) {
        source.stream->next();
        const auto row = source.stream->peek();
        source.head = row ? std::optional(*row) : std::nullopt;
      }
    }
  }

 private:
  struct Source {
    std::unique_ptr<SortedStream<Rows>> stream;
    std::optional<const Row*> head;  ///< absent: must be asked for
  };
  std::vector<Source> sources_;
};

/// The blocks of a run that is being written, and their index behind them.
template <class Rows>
class RunWriter {
 public:
  explicit RunWriter(RecordWriter writer) : writer_(std::move(writer)) {}

  /// True: a block was written.
  StorageResult<bool> put(const typename Rows::Row& row) {
    if (block_.size() == 1) first_ = key_of(row);
    Encoder out(block_);
    Rows::encode(out, row);
    keep_until_ = std::max(keep_until_, row.keep_until);
    ++count_;
    if (block_.size() < Rows::kBlockSize) return false;
    if (auto flushed = flush(); !flushed) return flushed.error();
    return true;
  }

  StorageResult<void> publish() {
    if (auto flushed = flush(); !flushed) return flushed;
    const std::uint64_t index_at = writer_.offset();
    if (auto written = write_index(); !written) return written;
    Bytes end = begin_payload(RecordType::kEnd);
    Encoder out(end);
    out.integer(count_);
    out.millis(keep_until_);
    out.integer(index_at);
    if (auto appended = writer_.append(end); !appended) return appended;
    return writer_.publish();
  }

 private:
  struct Place {
    typename Rows::Key first;
    std::uint64_t offset;
    std::uint32_t size;
  };

  StorageResult<void> flush() {
    if (block_.size() == 1) return {};
    places_.push_back(
        {first_, writer_.offset(), static_cast<std::uint32_t>(kRecordHeaderSize + block_.size())});
    auto appended = writer_.append(block_);
    block_ = begin_payload(RecordType::kRunBlock);
    return appended;
  }

  StorageResult<void> write_index() {
    for (std::size_t at = 0; at < places_.size();) {
      Bytes index = begin_payload(RecordType::kRunIndex);
      Encoder out(index);
      const std::size_t last = std::min(places_.size(), at + kBlocksPerIndexRecord);
      for (; at < last; ++at) {
        Rows::encode_key(out, places_[at].first);
        out.integer(places_[at].offset);
        out.integer(places_[at].size);
      }
      if (auto appended = writer_.append(index); !appended) return appended;
    }
    return {};
  }

  RecordWriter writer_;
  std::vector<Place> places_;
  Bytes block_ = begin_payload(RecordType::kRunBlock);
  typename Rows::Key first_;  ///< of `block_`
  std::uint64_t count_ = 0;
  UnixMillis keep_until_ = 0;
};

}  // namespace

template <class Rows>
std::unique_ptr<SortedStream<Rows>> merge(SortedStreams<Rows> streams) {
  return std::make_unique<MergedStream<Rows>>(std::move(streams));
}

template <class Rows>
class SortedRun<Rows>::Stream final : public SortedStream<Rows> {
 public:
  Stream(std::shared_ptr<const SortedRun> run, const Key& from)
      : run_(std::move(run)), block_(run_->block_of(from)), from_(from) {}

  StorageResult<const Row*> peek() override {
    while (at_ == block_rows_.rows.size() || key_of(block_rows_.rows[at_]) < from_) {
      if (at_ < block_rows_.rows.size()) {
        ++at_;
        continue;
      }
      if (block_ == run_->blocks_.size()) return nullptr;
      at_ = 0;
      if (auto read = run_->read_block(run_->blocks_[block_], block_rows_); !read) {
        return read.error();
      }
      ++block_;
    }
    return &block_rows_.rows[at_];
  }
  void next() override {
    if (at_ < block_rows_.rows.size()) ++at_;
  }

 private:
  std::shared_ptr<const SortedRun> run_;
  std::size_t block_;
  Key from_;
  BlockRows block_rows_;
  std::size_t at_ = 0;
};

template <class Rows>
std::size_t SortedRun<Rows>::block_of(const Key& key) const {
  // The block before the first that begins past it.
  const auto past = std::ranges::upper_bound(blocks_, key, {}, &Block::first);
  const auto block = past == blocks_.begin() ? past : std::prev(past);
  return static_cast<std::size_t>(block - blocks_.begin());
}

template <class Rows>
std::unique_ptr<SortedStream<Rows>> SortedRun<Rows>::stream(const Key& from) const {
  return std::make_unique<Stream>(this->shared_from_this(), from);
}

template <class Rows>
StorageResult<std::optional<typename Rows::Row>> SortedRun<Rows>::find(const Key& key) const
    requires(!Rows::kRowsBorrow) {
  const std::size_t block = block_of(key);
  if (block == blocks_.size() || key < blocks_[block].first) return std::optional<Row>();
  BlockRows block_rows;
  if (auto read = read_block(blocks_[block], block_rows); !read) return read.error();
  const auto& rows = block_rows.rows;
  const auto found =
      std::ranges::lower_bound(rows, key, {}, [](const Row& row) { return key_of(row); });
  if (found == rows.end() || key_of(*found) != key) return std::optional<Row>();
  return std::optional(*found);
}

template <class Rows>
StorageResult<void> SortedRun<Rows>::read_block(const Block& block, BlockRows& into) const {
  Bytes& bytes = into.bytes;
  std::vector<Row>& rows = into.rows;
  rows.clear();
  const auto damaged = [&] {
    rows.clear();
    return StorageError{
        StorageErrorCode::kCorrupt,
        file_->name + ": the block at offset " + std::to_string(block.offset) + " is damaged"};
  };
  bytes.resize(block.size);
  const auto read = read_into(file_->fd.get(), block.offset, bytes, file_->name);
  if (!read) return read.error();
  const auto record = decode_record(ByteView(bytes).first(*read), seed_, block.offset);
  if (!record) return damaged();
  Decoder in(record->payload.subspan(1));
  while (!in.at_end()) {
    const std::optional<Row> row = Rows::decode(in.string());
    if (!row) return damaged();
    rows.push_back(*row);
  }
  if (!in.complete()) return damaged();
  return {};
}

template <class Rows>
StorageResult<std::shared_ptr<const SortedRun<Rows>>> SortedRun<Rows>::open(const Folder& folder,
                                                                            std::uint64_t number) {
  const auto opened = open_numbered(folder, Rows::kKind, number, false);
  if (!opened) return opened.error();
  std::shared_ptr<SortedRun> run(new SortedRun());
  run->file_ = opened->file;
  run->seed_ = record_seed(opened->header);
  run->number_ = number;
  const std::string& name = run->file_->name;
  const int fd = run->file_->fd.get();
  StorageError damaged{StorageErrorCode::kCorrupt, name + ": its end or index is damaged"};
  const auto size = size_of(fd, name);
  if (!size) return size.error();
  if (*size < kHeaderSize + kEndSize) return damaged;
  const std::uint64_t end_at = *size - kEndSize;
  const auto end_bytes = read_at(fd, end_at, kEndSize, name);
  if (!end_bytes) return end_bytes.error();
  const auto end = decode_record(*end_bytes, run->seed_, end_at);
  if (!end) return damaged;
  Decoder in(end->payload);
  const auto type = static_cast<RecordType>(in.integer<std::uint8_t>());
  run->row_count_ = in.integer<std::uint64_t>();
  run->keep_until_ = in.millis();
  std::uint64_t index_at = in.integer<std::uint64_t>();
  if (type != RecordType::kEnd || !in.complete() || index_at > end_at) return damaged;
  const auto index_bytes = read_at(fd, index_at, end_at - index_at, name);
  if (!index_bytes) return index_bytes.error();
  for (ByteView rest(*index_bytes); !rest.empty();) {
    const auto record = decode_record(rest, run->seed_, index_at);
    if (!record) return damaged;
    Decoder blocks(record->payload.subspan(1));
    while (!blocks.at_end()) {
      const Key first = Rows::decode_key(blocks);
      const auto offset = blocks.integer<std::uint64_t>();
      run->blocks_.push_back({first, offset, blocks.integer<std::uint32_t>()});
    }
    if (!blocks.complete()) return damaged;
    rest = rest.subspan(record->size);
    index_at += record->size;
  }
  return std::shared_ptr<const SortedRun>(std::move(run));
}

template <class Rows>
StorageResult<void> write_run(const Folder& folder, FileHeader header, SortedStream<Rows>& stream,
                              const std::function<bool(const typename Rows::Row&)>& wanted,
                              const StopRequested& stop) {
  header.kind = Rows::kKind;
  auto writer = RecordWriter::create(folder, header);
  if (!writer) return writer.error();
  RunWriter<Rows> run(std::move(*writer));
  for (;; stream.next()) {
    const auto row = stream.peek();
    if (!row) return row.error();
    if (*row == nullptr) return run.publish();
    if (!wanted(**row)) continue;
    const auto block = run.put(**row);
    if (!block) return block.error();
    if (*block && stop()) return StorageError{StorageErrorCode::kUnavailable, "asked to stop"};
  }
}

template class SortedRun<AuditRows>;
template std::unique_ptr<AuditStream> merge(SortedStreams<AuditRows>);
template StorageResult<void> write_run(const Folder&, FileHeader, AuditStream&,
                                       const std::function<bool(const StoredAudit&)>&,
                                       const StopRequested&);
template class SortedRun<MarkRows>;
template std::unique_ptr<MarkStream> merge(SortedStreams<MarkRows>);
template StorageResult<void> write_run(const Folder&, FileHeader, MarkStream&,
                                       const std::function<bool(const StoredMark&)>&,
                                       const StopRequested&);

}  // namespace masterkey2::flatfile
