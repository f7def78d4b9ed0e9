#include "record_writer.hpp"

#include <utility>

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kFlushSize = 1U << 20;

}  // namespace

StorageResult<RecordWriter> RecordWriter::create(const Folder& folder, const FileHeader& header) {
  const std::string name = numbered_name(header.kind, header.number);
  auto fd = folder.create_file(name + ".new", true);
  if (!fd) return fd.error();
  RecordWriter writer(folder, name, record_seed(header), std::move(*fd));
  writer.buffer_ = encode_header(header);
  return writer;
}

StorageResult<void> RecordWriter::append(ByteView payload) {
  encode_record(buffer_, seed_, offset(), 0, payload);
  return buffer_.size() < kFlushSize ? StorageResult<void>() : flush();
}

StorageResult<void> RecordWriter::flush() {
  auto written = write_at(fd_.get(), buffer_, flushed_, folder_->name_of(unfinished_name()));
  if (!written) return written;
  flushed_ += buffer_.size();
  buffer_.clear();
  return {};
}

StorageResult<void> RecordWriter::publish() {
  if (auto flushed = flush(); !flushed) return flushed;
  auto synced = sync_all(fd_.get(), folder_->name_of(unfinished_name()));
  if (!synced) return synced;
  return folder_->rename_synced(unfinished_name(), name_);
}

}  // namespace masterkey2::flatfile
