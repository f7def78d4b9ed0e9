#include "view.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "record_reader.hpp"

namespace masterkey2::flatfile {
namespace {

StorageError corrupt(const std::string& name, std::uint64_t offset, const char* what) {
  return {StorageErrorCode::kCorrupt, name + ": " + what + " at offset " + std::to_string(offset)};
}

StorageResult<void> enter(View& view, std::shared_ptr<Segment> segment) {
  const std::string& name = segment->file()->name;
  if (view.state->next_sequence > 1 &&
      segment->header().installation != view.state->installation.id) {
    return corrupt(name, 0, "belongs to another installation, by its header");
  }
  if (segment->header().first_sequence != view.state->next_sequence) {
    return corrupt(name, 0, "transactions are missing before the first one");
  }
  if (segment->header().chain != view.seal) {
    return corrupt(name, 0, "is no continuation of the file before, by its header");
  }
  view.segment = std::move(segment);
  view.file = view.state->add_file(view.segment->file());
  view.end = kHeaderSize;
  view.sealed = false;
  return {};
}

/// Applies one record of the log that stands at `offset`.
StorageResult<void> apply_record(View& view, const Record& record, std::uint64_t offset) {
  const std::string& name = view.segment->file()->name;
  Decoder in(record.payload);
  const auto type = static_cast<RecordType>(in.integer<std::uint8_t>());
  const auto sequence = in.integer<std::uint64_t>();
  if (!in.ok() || sequence != view.state->next_sequence) {
    return corrupt(name, offset, "the sequence of transactions is broken");
  }
  if (type == RecordType::kSeal && in.complete()) {
    view.sealed = true;
    view.seal = record.checksum;
    return {};
  }
  const UnixMillis now = in.millis();
  if (type != RecordType::kTransaction || !in.ok()) {
    return corrupt(name, offset, "a record of an unknown type");
  }
  const std::size_t mutations = in.position();
  if (!view.state->apply(record.payload.subspan(mutations), view.file,
                         offset + kRecordHeaderSize + mutations)) {
    return corrupt(name, offset, "a transaction that cannot be read");
  }
  ++view.state->next_sequence;
  view.state->latest_now = now;
  return {};
}

StorageResult<void> read_segment(View& view) {
  const Segment& segment = *view.segment;
  const auto size = size_of(segment.fd(), segment.file()->name);
  if (!size) return size.error();
  view.size = *size;
  if (*size <= view.end) return {};
  RecordReader reader(*segment.file(), segment.seed(), view.end, *size);
  while (!view.sealed) {
    const auto record = reader.next();
    if (!record) return record.error();
    if (!*record) break;
    if (auto applied = apply_record(view, **record, view.end); !applied) return applied;
    view.end = reader.offset();
  }
  view.segment->note_written(view.end);
  return {};
}

StorageResult<void> apply_snapshot_record(View& view, const Record& record, std::uint32_t file,
                                          std::uint64_t offset, const std::string& name,
                                          bool& ended) {
  Decoder in(record.payload);
  const auto type = static_cast<RecordType>(in.integer<std::uint8_t>());
  if (type == RecordType::kRows) {
    if (view.state->apply(record.payload.subspan(1), file, offset + kRecordHeaderSize + 1)) {
      return {};
    }
    return corrupt(name, offset, "rows that cannot be read");
  }
  view.state->next_sequence = in.integer<std::uint64_t>();
  view.state->next_revocation = in.integer<std::uint64_t>();
  view.state->latest_now = in.millis();
  if (type != RecordType::kEnd || !in.complete()) {
    return corrupt(name, offset, "a record of an unknown type");
  }
  ended = true;
  return {};
}

template <class Rows>
StorageResult<SortedRuns<Rows>> open_runs(const Folder& folder,
                                          const std::vector<std::uint64_t>& numbers) {
  SortedRuns<Rows> runs;
  for (const std::uint64_t number : numbers) {
    auto run = SortedRun<Rows>::open(folder, number);
    if (!run) return run.error();
    runs.push_back(std::move(*run));
  }
  return runs;
}

StorageResult<void> load_snapshot(View& view, const Folder& folder, std::uint64_t number) {
  const auto opened = open_numbered(folder, FileKind::kSnapshot, number, false);
  if (!opened) return opened.error();
  const std::string& name = opened->file->name;
  const auto size = size_of(opened->file->fd.get(), name);
  if (!size) return size.error();
  const std::uint32_t file = view.state->add_file(opened->file);
  RecordReader reader(*opened->file, record_seed(opened->header), kHeaderSize, *size);
  bool ended = false;
  while (!ended) {
    const std::uint64_t offset = reader.offset();
    const auto record = reader.next();
    if (!record) return record.error();
    if (!*record) return corrupt(name, offset, "no valid record");
    auto applied = apply_snapshot_record(view, **record, file, offset, name, ended);
    if (!applied) return applied;
  }
  if (reader.offset() != *size) return corrupt(name, reader.offset(), "more than the end");
  auto audit_runs = open_runs<AuditRows>(folder, view.state->named_audit_runs);
  if (!audit_runs) return audit_runs.error();
  view.state->audit_runs = std::move(*audit_runs);
  auto mark_runs = open_runs<MarkRows>(folder, view.state->named_mark_runs);
  if (!mark_runs) return mark_runs.error();
  view.state->mark_runs = std::move(*mark_runs);
  view.base = number;
  view.seal = opened->header.chain;
  return {};
}

}  // namespace

StorageResult<OpenedFile> open_numbered(const Folder& folder, FileKind kind, std::uint64_t number,
                                        bool writable) {
  const std::string name = numbered_name(kind, number);
  auto fd = folder.open_file(name, writable);
  if (!fd) return fd.error();
  auto file = std::make_shared<DataFile>();
  file->name = folder.name_of(name);
  file->fd = std::move(*fd);
  const auto bytes = read_at(file->fd.get(), 0, kHeaderSize, file->name);
  if (!bytes) return bytes.error();
  const auto header = decode_header(*bytes, kind, number, file->name, folder.oldest_format());
  if (!header) return header.error();
  return OpenedFile{std::move(file), *header};
}

StorageResult<void> catch_up(View& view, const Folder& folder, const OpenSegment& open_segment,
                             std::uint64_t up_to) {
  for (;;) {
    if (auto read = read_segment(view); !read) return read;
    if (!view.sealed) return {};
    const std::uint64_t next = view.segment->header().number + 1;
    if (next > up_to) return {};
    if (!folder.exists(numbered_name(FileKind::kLog, next))) return {};
    auto segment = open_segment(next);
    if (!segment) return segment.error();
    if (auto entered = enter(view, std::move(*segment)); !entered) return entered;
  }
}

StorageResult<void> apply_written(View& view, ByteView bytes) {
  const Segment& segment = *view.segment;
  const std::optional<Record> record = decode_record(bytes, segment.seed(), view.end);
  if (!record || record->size != bytes.size()) {
    return corrupt(segment.file()->name, view.end, "no valid record");
  }
  if (auto applied = apply_record(view, *record, view.end); !applied) return applied;
  view.end += record->size;
  view.size = view.end;
  view.segment->note_written(view.end);
  return {};
}

StorageResult<void> judge_tail(const View& view, std::uint64_t synced_up_to) {
  if (view.sealed) return {};
  const Segment& segment = *view.segment;
  const std::string& name = segment.file()->name;
  if (synced_up_to > view.end) {
    return corrupt(name, view.end, "what had been on disk is damaged or missing");
  }
  const auto size = size_of(segment.fd(), name);
  if (!size) return size.error();
  if (*size <= view.end) return {};
  const auto bytes = read_at(segment.fd(), view.end, *size - view.end, name);
  if (!bytes) return bytes.error();
  // A later record that was made when what stands here was on disk: not torn, but damaged.
  const ByteView rest(*bytes);
  for (std::size_t at = 1; at + kRecordHeaderSize <= rest.size(); ++at) {
    const std::optional<Record> record =
        decode_record(rest.subspan(at), segment.seed(), view.end + at);
    if (record && record->durable_up_to > view.end) {
      return corrupt(name, view.end, "what had been on disk is damaged");
    }
  }
  return {};
}

StorageResult<View> load_view(const Folder& folder, const OpenSegment& open_segment,
                              std::uint64_t secret, std::uint64_t up_to) {
  auto content = folder.list();
  if (!content) return content.error();
  if (!content->has_store()) {
    return StorageError{StorageErrorCode::kNotInitialized,
                        folder.name_of("") + ": there is no store here"};
  }
  // A snapshot that nothing follows yet was made in the place of a segment that could not be
  // synced, and whoever made it died: what it replaces is still there, and goes the same way again.
  std::erase_if(content->snapshots, [&](std::uint64_t number) {
    return number > up_to ||
           (number != up_to && !std::ranges::binary_search(content->segments, number + 1));
  });
  View view;
  std::optional<StorageError> damage;
  while (view.base == 0 && !content->snapshots.empty()) {
    view.state = std::make_unique<State>(secret);
    auto loaded = load_snapshot(view, folder, content->snapshots.back());
    if (!loaded) {
      if (loaded.error().code != StorageErrorCode::kCorrupt) return loaded.error();
      if (!damage) damage = loaded.error();
      view = View{};
    }
    content->snapshots.pop_back();
  }
  if (view.base == 0) view.state = std::make_unique<State>(secret);
  if (up_to == view.base) return view;
  const std::uint64_t first = view.base + 1;
  if (!std::ranges::binary_search(content->segments, first)) {
    if (damage) return *damage;
    return StorageError{StorageErrorCode::kCorrupt,
                        folder.name_of(numbered_name(FileKind::kLog, first)) + ": is missing"};
  }
  auto segment = open_segment(first);
  if (!segment) return segment.error();
  if (auto entered = enter(view, std::move(*segment)); !entered) return entered.error();
  const std::uint64_t last = std::min(up_to, content->segments.back());
  if (auto read = catch_up(view, folder, open_segment, up_to); !read) return read.error();
  if (view.sealed && view.segment->header().number < last) {
    return StorageError{StorageErrorCode::kUnavailable,
                        view.segment->file()->name + ": the segment after it has just gone"};
  }
  if (view.segment->header().number < last) {
    return corrupt(view.segment->file()->name, view.end, "no valid record, and no seal,");
  }
  return view;
}

}  // namespace masterkey2::flatfile
