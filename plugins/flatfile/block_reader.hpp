// Reads small pieces of files that are visited nearly in the order in which they stand.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "file.hpp"

namespace masterkey2::flatfile {

/// Answers what read_at does, with far fewer system calls. A block of a file is as small as what is
/// asked for, and grows while the next pieces stand close behind: random order costs no more than
/// it does without blocks. For one thread; what was in a file when the reader was made does not
/// change.
class BlockReader {
 public:
  static constexpr std::size_t kFirstGrown = 4U << 10;
  static constexpr std::size_t kLargest = 64U << 10;
  /// So much may lie between two pieces that are read together.
  static constexpr std::size_t kGap = 4U << 10;

  /// Up to `size` bytes at `offset`, fewer only at the end of the file. They live until the next
  /// call. `file` must outlive the reader.
  [[nodiscard]] StorageResult<ByteView> read(const DataFile& file, std::uint64_t offset,
                                             std::size_t size);

 private:
  struct Block {
    const DataFile* file = nullptr;
    std::uint64_t offset = 0;
    std::size_t size = 0;  ///< of what was read
    Bytes bytes;           ///< does not shrink
    std::uint64_t last_use = 0;
  };
  /// The block that holds the piece, or can be filled with it. `wanted`: how much to read then.
  [[nodiscard]] Block& choose(const DataFile& file, std::uint64_t offset, std::size_t& wanted);
  [[nodiscard]] static StorageResult<void> fill(Block& block, const DataFile& file,
                                                std::uint64_t offset, std::size_t size);

  /// So many places may be visited in turns.
  std::array<Block, 4> blocks_;
  std::uint64_t uses_ = 0;
};

}  // namespace masterkey2::flatfile
