#include "audit_run.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "rows.hpp"
#include "view.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kBlockSize = 64U << 10;
constexpr std::size_t kBlocksPerIndexRecord = 65'536;
/// type u8 | entries u64 | keep_until i64 | offset of the first index record u64
constexpr std::size_t kEndSize = kRecordHeaderSize + 1 + 3 * sizeof(std::uint64_t);

void encode(Encoder& out, const AuditKey& key) {
  out.identifier(key.tenant);
  out.millis(key.at);
  out.identifier(key.chain);
  out.integer(key.sequence);
}

AuditKey decode_key(Decoder& in) {
  AuditKey key;
  key.tenant = in.identifier<TenantId>();
  key.at = in.millis();
  key.chain = in.identifier<TokenId>();
  key.sequence = in.integer<std::uint64_t>();
  return key;
}

Bytes begin_payload(RecordType type) { return {static_cast<std::uint8_t>(type)}; }

bool is_at(AuditStream& stream, const AuditKey& key) {
  const auto entry = stream.peek();
  return entry && *entry != nullptr && key_of(**entry) == key;
}

class MergedStream final : public AuditStream {
 public:
  explicit MergedStream(std::vector<std::unique_ptr<AuditStream>> streams)
      : streams_(std::move(streams)) {}

  StorageResult<const AuditEntry*> peek() override {
    const AuditEntry* least = nullptr;
    for (const auto& stream : streams_) {
      const auto entry = stream->peek();
      if (!entry) return entry.error();
      if (*entry != nullptr && (least == nullptr || key_of(**entry) < key_of(*least))) {
        least = *entry;
      }
    }
    return least;
  }

  void next() override {
    const auto least = peek();
    if (!least || *least == nullptr) return;
    const AuditKey key = key_of(**least);
    for (const auto& stream : streams_) {
      while (is_at(*stream, key)) stream->next();
    }
  }

 private:
  std::vector<std::unique_ptr<AuditStream>> streams_;
};

}  // namespace

std::unique_ptr<AuditStream> merge(std::vector<std::unique_ptr<AuditStream>> streams) {
  return std::make_unique<MergedStream>(std::move(streams));
}

class RunStream final : public AuditStream {
 public:
  RunStream(std::shared_ptr<const AuditRun> run, std::size_t block, AuditKey from)
      : run_(std::move(run)), block_(block), from_(from) {}

  StorageResult<const AuditEntry*> peek() override {
    while (at_ == entries_.size() || key_of(entries_[at_]) < from_) {
      if (at_ < entries_.size()) {
        ++at_;
        continue;
      }
      if (block_ == run_->blocks_.size()) return nullptr;
      auto entries = run_->read_block(run_->blocks_[block_]);
      if (!entries) return entries.error();
      entries_ = std::move(*entries);
      at_ = 0;
      ++block_;
    }
    return &entries_[at_];
  }
  void next() override {
    if (at_ < entries_.size()) ++at_;
  }

 private:
  std::shared_ptr<const AuditRun> run_;
  std::size_t block_;
  AuditKey from_;
  std::vector<AuditEntry> entries_;
  std::size_t at_ = 0;
};

std::unique_ptr<AuditStream> AuditRun::stream(const AuditKey& from) const {
  // The block before the first that begins past `from` may hold it.
  const auto past = std::ranges::upper_bound(blocks_, from, {}, &Block::first);
  const auto first = past == blocks_.begin() ? past : std::prev(past);
  return std::make_unique<RunStream>(shared_from_this(),
                                     static_cast<std::size_t>(first - blocks_.begin()), from);
}

StorageResult<std::vector<AuditEntry>> AuditRun::read_block(const Block& block) const {
  const auto damaged = [&] {
    return StorageError{
        StorageErrorCode::kCorrupt,
        file_->name + ": the block at offset " + std::to_string(block.offset) + " is damaged"};
  };
  const auto bytes = read_at(file_->fd.get(), block.offset, block.size, file_->name);
  if (!bytes) return bytes.error();
  const auto record = decode_record(*bytes, seed_, block.offset);
  if (!record) return damaged();
  std::vector<AuditEntry> entries;
  Decoder in(record->payload.subspan(1));
  while (!in.at_end()) {
    std::optional<AuditEntry> entry = decode_audit(in.string());
    if (!entry) return damaged();
    entries.push_back(std::move(*entry));
  }
  if (!in.complete()) return damaged();
  return entries;
}

StorageResult<std::shared_ptr<const AuditRun>> AuditRun::open(const Folder& folder,
                                                              std::uint64_t number) {
  const auto opened = open_numbered(folder, FileKind::kAuditRun, number, false);
  if (!opened) return opened.error();
  std::shared_ptr<AuditRun> run(new AuditRun());
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
  run->entry_count_ = in.integer<std::uint64_t>();
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
      const AuditKey first = decode_key(blocks);
      const auto offset = blocks.integer<std::uint64_t>();
      run->blocks_.push_back({first, offset, blocks.integer<std::uint32_t>()});
    }
    if (!blocks.complete()) return damaged;
    rest = rest.subspan(record->size);
    index_at += record->size;
  }
  return std::shared_ptr<const AuditRun>(std::move(run));
}

StorageResult<void> write_audit_run(const Folder& folder, const FileHeader& header,
                                    AuditStream& stream, UnixMillis now,
                                    const StopRequested& stop) {
  auto writer = RecordWriter::create(folder, header);
  if (!writer) return writer.error();
  struct Place {
    AuditKey first;
    std::uint64_t offset;
    std::uint32_t size;
  };
  std::vector<Place> places;
  Bytes block = begin_payload(RecordType::kAuditBlock);
  AuditKey first;
  std::uint64_t count = 0;
  UnixMillis keep_until = 0;
  const auto flush = [&]() -> StorageResult<void> {
    if (block.size() == 1) return {};
    places.push_back(
        {first, writer->offset(), static_cast<std::uint32_t>(kRecordHeaderSize + block.size())});
    auto appended = writer->append(block);
    block = begin_payload(RecordType::kAuditBlock);
    return appended;
  };
  for (;; stream.next()) {
    const auto entry = stream.peek();
    if (!entry) return entry.error();
    if (*entry == nullptr) break;
    if ((*entry)->keep_until < now) continue;
    if (block.size() == 1) first = key_of(**entry);
    Encoder(block).string(encode_audit(**entry));
    keep_until = std::max(keep_until, (*entry)->keep_until);
    ++count;
    if (block.size() < kBlockSize) continue;
    if (auto flushed = flush(); !flushed) return flushed;
    if (stop()) return StorageError{StorageErrorCode::kUnavailable, "asked to stop"};
  }
  if (auto flushed = flush(); !flushed) return flushed;
  const std::uint64_t index_at = writer->offset();
  for (std::size_t at = 0; at < places.size();) {
    Bytes index = begin_payload(RecordType::kAuditIndex);
    Encoder out(index);
    const std::size_t last = std::min(places.size(), at + kBlocksPerIndexRecord);
    for (; at < last; ++at) {
      encode(out, places[at].first);
      out.integer(places[at].offset);
      out.integer(places[at].size);
    }
    if (auto appended = writer->append(index); !appended) return appended;
  }
  Bytes end = begin_payload(RecordType::kEnd);
  Encoder out(end);
  out.integer(count);
  out.millis(keep_until);
  out.integer(index_at);
  if (auto appended = writer->append(end); !appended) return appended;
  return writer->publish();
}

}  // namespace masterkey2::flatfile
