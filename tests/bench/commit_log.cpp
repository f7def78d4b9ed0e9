#include "bench/commit_log.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <utility>

namespace masterkey2::bench {
namespace {

constexpr std::uint64_t kFileHeader = 128;
/// marker u32 | payload's size u32 | durable offset u64 | checksum u32, little-endian
using RecordHeader = std::array<unsigned char, 20>;

std::uint64_t integer(const RecordHeader& header, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) value = value << 8 | header.at(at + i - 1);
  return value;
}

std::filesystem::path segment_name(std::uint64_t number) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "log-%016llx", static_cast<unsigned long long>(number));
  return name.data();
}

}  // namespace

CommitLog::Growth CommitLog::read_on() {
  Growth growth;
  for (;;) {
    std::ifstream file(store_ / segment_name(segment_), std::ios::binary);
    offset_ = std::max(offset_, kFileHeader);
    RecordHeader header{};
    while (file.seekg(static_cast<std::streamoff>(offset_)) &&
           file.read(reinterpret_cast<char*>(header.data()), header.size())) {
      const std::uint64_t durable = integer(header, 8, 8);
      ++growth.transactions;
      if (std::exchange(durable_, durable) != durable) ++growth.syncs;
      offset_ += header.size() + integer(header, 4, 4);
    }
    if (!std::filesystem::exists(store_ / segment_name(segment_ + 1))) return growth;
    ++segment_;
    offset_ = durable_ = 0;
  }
}

}  // namespace masterkey2::bench
