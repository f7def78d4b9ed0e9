#include "plugins/flatfile/store_files.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace masterkey2::testing {

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
