// What the server sees of this plugin before it calls anything.
#define BOOST_DLL_USE_STD_FS
#include "masterkey2/plugin.hpp"

#include <array>
#include <boost/dll/alias.hpp>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "flatfile_storage.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::array<StorageOption, 4> kOptions = {{
    {"path", nullptr, "folder of the store, absolute; on a local file system", true, false},
    {"segment_bytes", "67108864", "size at which a new log segment begins, 4096 to 1073741824",
     false, false},
    {"keep_superseded_s", "3600", "seconds for which files are kept that a snapshot has replaced",
     false, false},
    {"lock_timeout_ms", "3000", "milliseconds to wait for other writers, 10 to 60000", false,
     false},
}};

std::optional<std::uint64_t> number_within(std::string_view text, std::uint64_t least,
                                           std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
    return std::nullopt;
  }
  return number;
}

StorageError invalid_option(std::string_view name, std::string_view why) {
  return {StorageErrorCode::kInvalidOptions, std::string(name) + ": " + std::string(why)};
}

StorageResult<std::unique_ptr<Storage>> create(const StorageOptions& options, HostServices& host) {
  const auto text = [&options](std::string_view name) -> std::string {
    const auto found = options.find(name);
    return found == options.end() ? std::string() : found->second;
  };
  StoreOptions chosen;
  chosen.path = text("path");
  if (!chosen.path.starts_with('/') || chosen.path.size() < 2 || chosen.path.size() > 4000 ||
      chosen.path.find('\0') != std::string::npos) {
    return invalid_option("path", "must be an absolute path to a folder");
  }
  const auto segment_bytes = number_within(text("segment_bytes"), 4096, 1U << 30);
  if (!segment_bytes) return invalid_option("segment_bytes", "must be a number in its range");
  const auto keep = number_within(text("keep_superseded_s"), 0, 31'536'000);
  if (!keep) return invalid_option("keep_superseded_s", "must be a number up to 31536000");
  const auto timeout = number_within(text("lock_timeout_ms"), 10, 60'000);
  if (!timeout) return invalid_option("lock_timeout_ms", "must be a number in its range");
  chosen.segment_bytes = *segment_bytes;
  chosen.keep_superseded_s = static_cast<std::uint32_t>(*keep);
  chosen.lock_timeout_ms = static_cast<std::uint32_t>(*timeout);
  return std::unique_ptr<Storage>(std::make_unique<FlatfileStorage>(std::move(chosen), host));
}

}  // namespace

extern const StoragePlugin kDescriptor;
const StoragePlugin kDescriptor = {
    sizeof(StoragePlugin),
    kStorageAbiVersion,
    kStorageBuildAbi,
    "flatfile",
    "0.1.0",
    "MIT",
    kMultiProcess | kDurable | kLocalReads | kPortable,
    kOptions.data(),
    kOptions.size(),
    &create,
};

}  // namespace masterkey2::flatfile

MASTERKEY2_STORAGE_PLUGIN(masterkey2::flatfile::kDescriptor)
