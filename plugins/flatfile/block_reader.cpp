#include "block_reader.hpp"

#include <algorithm>

namespace masterkey2::flatfile {

StorageResult<ByteView> BlockReader::read(const DataFile& file, std::uint64_t offset,
                                          std::size_t size) {
  if (size == 0) return ByteView{};
  std::size_t wanted = size;
  Block& block = choose(file, offset, wanted);
  block.last_use = ++uses_;
  if (wanted > 0) {
    auto filled = fill(block, file, offset, wanted);
    // What cannot be read may stand behind the piece, where nobody needs it.
    if (!filled && wanted > size) filled = fill(block, file, offset, size);
    if (!filled) return filled.error();
  }
  const std::size_t at = static_cast<std::size_t>(offset - block.offset);
  return ByteView(block.bytes).subspan(at, std::min(size, block.size - at));
}

BlockReader::Block& BlockReader::choose(const DataFile& file, std::uint64_t offset,
                                        std::size_t& wanted) {
  Block* oldest = &blocks_.front();
  Block* before = nullptr;
  for (Block& block : blocks_) {
    if (block.last_use < oldest->last_use) oldest = &block;
    if (block.file != &file || offset < block.offset) continue;
    const std::uint64_t end = block.offset + block.size;
    if (offset <= end && wanted <= end - offset) {
      wanted = 0;
      return block;
    }
    if (offset <= end + kGap) before = &block;
  }
  if (before == nullptr) return *oldest;
  wanted = std::max(wanted, std::clamp(2 * before->size, kFirstGrown, kLargest));
  return *before;
}

StorageResult<void> BlockReader::fill(Block& block, const DataFile& file, std::uint64_t offset,
                                      std::size_t size) {
  block.file = nullptr;
  if (block.bytes.size() < size) block.bytes.resize(size);
  const auto read = read_into(file.fd.get(), offset, std::span(block.bytes).first(size), file.name);
  if (!read) return read.error();
  block.file = &file;
  block.offset = offset;
  block.size = *read;
  return {};
}

}  // namespace masterkey2::flatfile
