// What this process knows of the store, and how far it has read the log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "folder.hpp"
#include "segment.hpp"
#include "state.hpp"

namespace masterkey2::flatfile {

struct View {
  std::unique_ptr<State> state;
  std::uint64_t base = 0;  ///< number of the snapshot that it began with; 0: none

  std::shared_ptr<Segment> segment;  ///< the one being read
  std::uint32_t file = 0;            ///< the segment's index in `state`
  std::uint64_t end = 0;             ///< all of the segment below is applied
  std::uint64_t size = 0;            ///< of its file, when it was looked at last
  bool sealed = false;               ///< the segment is over
  std::uint32_t seal = 0;            ///< checksum of its seal
};

/// Opens segment `number`, or finds it among those that the process has open.
using OpenSegment = std::function<StorageResult<std::shared_ptr<Segment>>(std::uint64_t number)>;

/// Applies what has been appended since, on to segment `up_to` at most. Stops where no whole and
/// valid record stands (yet).
[[nodiscard]] StorageResult<void> catch_up(View& view, const Folder& folder,
                                           const OpenSegment& open_segment,
                                           std::uint64_t up_to = UINT64_MAX);

/// Applies `bytes`, which this process has just written at the view's end: a record and no more.
/// kCorrupt if they are none that may stand there.
[[nodiscard]] StorageResult<void> apply_written(View& view, ByteView bytes);

/// Loads the newest snapshot that is whole, and all segments after it. `up_to`: stop at the end of
/// this segment. kNotInitialized, kIncompatible, kCorrupt with file and offset.
[[nodiscard]] StorageResult<View> load_view(const Folder& folder, const OpenSegment& open_segment,
                                            std::uint64_t secret, std::uint64_t up_to = UINT64_MAX);

/// Tells a tail that a crash has torn (success) from damage to what had been on disk (kCorrupt).
/// `synced_up_to`: what is known of the view's segment from elsewhere.
[[nodiscard]] StorageResult<void> judge_tail(const View& view, std::uint64_t synced_up_to);

/// Opens a numbered file, reads and checks its header.
struct OpenedFile {
  std::shared_ptr<DataFile> file;
  FileHeader header;
};
[[nodiscard]] StorageResult<OpenedFile> open_numbered(const Folder& folder, FileKind kind,
                                                      std::uint64_t number, bool writable);

}  // namespace masterkey2::flatfile
