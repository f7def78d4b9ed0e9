// Store: from an older format to ours (FORMAT.md "Another format number"). The name of the new
// segment is what makes the migration count; before, the older program goes on as if nothing was.
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <thread>
#include <utility>

#include "small_files.hpp"
#include "snapshot.hpp"
#include "store.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::chrono::milliseconds kPause{5};

StorageResult<Descriptor> locked_file(const Folder& folder, std::string_view name,
                                      std::chrono::steady_clock::time_point deadline) {
  auto file = folder.open_file(std::string(name), true);
  if (!file) return file;
  while (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return StorageError{StorageErrorCode::kUnavailable,
                          folder.name_of(name) + ": another process holds it"};
    }
    std::this_thread::sleep_for(kPause);
  }
  return file;
}

/// Nobody else has the lock: a torn end is nobody's.
StorageResult<void> seal(View& view) {
  if (view.sealed) return {};
  Segment& segment = *view.segment;
  const std::string& name = segment.file()->name;
  if (::ftruncate(segment.fd(), static_cast<off_t>(view.end)) != 0) {
    return system_error(StorageErrorCode::kUnavailable, name + ": cannot cut its torn end");
  }
  Bytes payload;
  Encoder out(payload);
  out.integer(static_cast<std::uint8_t>(RecordType::kSeal));
  out.integer(view.state->next_sequence);
  Bytes bytes;
  encode_record(bytes, segment.seed(), view.end, 0, payload);
  if (auto ok = write_at(segment.fd(), bytes, view.end, name); !ok) return ok;
  if (auto ok = sync_data(segment.fd(), name); !ok) return ok;
  const std::optional<Record> record = decode_record(bytes, segment.seed(), view.end);
  view.sealed = true;
  view.seal = record->checksum;
  view.end += bytes.size();
  return {};
}

}  // namespace

StorageResult<Storage::Migrated> Store::migrate(const StoreOptions& options) {
  auto folder = Folder::open(options.path);
  if (!folder) return folder.error();
  folder->read_formats_from(kOldestFormat);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(options.lock_timeout_ms);
  if (const auto content = folder->list(); !content || !content->has_store()) {
    if (!content) return content.error();
    return StorageError{StorageErrorCode::kNotInitialized,
                        options.path + ": there is no store here"};
  }
  const auto compaction = locked_file(*folder, kCompactionLockName, deadline);
  if (!compaction) return compaction.error();
  const auto writing = locked_file(*folder, kLockName, deadline);
  if (!writing) return writing.error();
  const auto durable = folder->open_file(std::string(kDurableName), true);
  if (!durable) return durable.error();

  const OpenSegment open_segment =
      [&](std::uint64_t number) -> StorageResult<std::shared_ptr<Segment>> {
    auto opened = open_numbered(*folder, FileKind::kLog, number, true);
    if (!opened) return opened.error();
    return std::make_shared<Segment>(opened->file, opened->header, 0, [](std::uint64_t, bool) {});
  };
  auto view = load_view(*folder, open_segment, 0);
  if (!view) return view.error();
  FileHeader header = view->segment->header();
  Storage::Migrated answer{header.format, kFormatNumber};
  if (answer.from == answer.to) return answer;

  const DurableMark mark = read_durable_mark(durable->get());
  const bool about_this =
      mark.segment == header.number && mark.inode == inode_of(view->segment->fd());
  if (auto judged = judge_tail(*view, about_this ? mark.end : 0); !judged) return judged.error();
  if (auto sealed = seal(*view); !sealed) return sealed.error();
  const UnixMillis clock = static_cast<UnixMillis>(std::time(nullptr)) * 1000;
  auto written = write_snapshot(
      *folder, *view->state, header.number, view->seal, std::min(clock, view->state->latest_now),
      [] { return false; }, MergedRuns::kAll);
  if (!written) return written.error();
  ++header.number;
  header.chain = view->seal;
  header.first_sequence = view->state->next_sequence;
  header.format = kFormatNumber;
  auto published =
      folder->publish(numbered_name(FileKind::kLog, header.number), encode_header(header));
  if (!published) return published.error();
  return answer;
}

}  // namespace masterkey2::flatfile
