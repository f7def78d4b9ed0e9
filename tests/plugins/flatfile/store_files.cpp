#include "plugins/flatfile/store_files.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "plugins/flatfile/crc32c.hpp"

namespace masterkey2::testing {
namespace {

/// segment u64 | inode u64 | end u64 | checksum u32
constexpr std::size_t kMarkSize = 28;

std::uint64_t word(const Bytes& bytes, std::size_t index) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{bytes[index * 8 + i]} << (8 * i);
  return value;
}

std::uint32_t checksum(const Bytes& mark) {
  return flatfile::crc32c(0, ByteView(mark).first(kMarkSize - 4));
}

bool is_mark(const Bytes& bytes) {
  if (bytes.size() < kMarkSize) return false;
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < 4; ++i) stored |= std::uint32_t{bytes[24 + i]} << (8 * i);
  return stored == checksum(bytes);
}

std::uint64_t inode_of(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

PluginRequest flatfile_request(const std::string& store, const std::string& segment_bytes,
                               const std::string& keep_superseded_s) {
  PluginRequest request = Backend::chosen().request("");
  request.options = {
      {"path", store}, {"segment_bytes", segment_bytes}, {"keep_superseded_s", keep_superseded_s}};
  return request;
}

std::string log_name(std::uint64_t number) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "/log-%016llx", static_cast<unsigned long long>(number));
  return name.data();
}

Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error(path + " cannot be written");
}

void copy_store(const std::string& from, const std::string& to) {
  std::filesystem::create_directory(to, from);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    std::error_code gone;  // a file that was finished or replaced while we were copying
    std::filesystem::copy_file(entry.path(), to / entry.path().filename(), gone);
  }
}

void move_durable_mark(const std::string& store,
                       const std::map<std::uint64_t, std::uint64_t>& inodes) {
  const std::string path = store + "/durable";
  if (!std::filesystem::exists(path)) return;
  Bytes bytes = read_file(path);
  if (!is_mark(bytes)) return;
  const auto moved = inodes.find(word(bytes, 1));
  if (moved == inodes.end()) return;
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[8 + i] = static_cast<std::uint8_t>(moved->second >> (8 * i));
  }
  const std::uint32_t crc = checksum(bytes);
  for (std::size_t i = 0; i < 4; ++i) bytes[24 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  write_file(path, bytes);
}

void move_store(const std::string& from, const std::string& to) {
  copy_store(from, to);
  std::map<std::uint64_t, std::uint64_t> inodes;
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    inodes[inode_of(entry.path())] = inode_of(std::filesystem::path(to) / entry.path().filename());
  }
  move_durable_mark(to, inodes);
}

std::uint64_t durable_end(const std::string& store) {
  const Bytes bytes = read_file(store + "/durable");
  return is_mark(bytes) ? word(bytes, 2) : 0;
}

std::vector<std::size_t> record_starts(const Bytes& segment) {
  constexpr std::size_t kHeader = 128;
  constexpr std::size_t kRecordHeader = 20;
  std::vector<std::size_t> starts;
  std::size_t at = kHeader;
  while (at + kRecordHeader <= segment.size()) {
    starts.push_back(at);
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size |= std::size_t{segment[at + 4 + i]} << (8 * i);
    at += kRecordHeader + size;
  }
  starts.push_back(at);
  return starts;
}

}  // namespace masterkey2::testing
