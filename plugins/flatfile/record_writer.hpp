// Writes a numbered file from start to end, to be published when it is whole.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "folder.hpp"

namespace masterkey2::flatfile {

/// Asked now and then during long work; true: give up.
using StopRequested = std::function<bool()>;

class RecordWriter {
 public:
  /// Makes `<name>.new` with its header.
  [[nodiscard]] static StorageResult<RecordWriter> create(const Folder& folder,
                                                          const FileHeader& header);

  [[nodiscard]] StorageResult<void> append(ByteView payload);
  /// Where the next record will stand.
  [[nodiscard]] std::uint64_t offset() const { return flushed_ + buffer_.size(); }
  /// Writes the rest, syncs, gives the file its name and syncs the folder.
  [[nodiscard]] StorageResult<void> publish();

 private:
  RecordWriter(const Folder& folder, std::string name, std::uint32_t seed, Descriptor fd)
      : folder_(&folder), name_(std::move(name)), seed_(seed), fd_(std::move(fd)) {}
  [[nodiscard]] StorageResult<void> flush();
  [[nodiscard]] std::string unfinished_name() const { return name_ + ".new"; }

  const Folder* folder_;
  std::string name_;
  std::uint32_t seed_;
  Descriptor fd_;
  Bytes buffer_;
  std::uint64_t flushed_ = 0;
};

}  // namespace masterkey2::flatfile
