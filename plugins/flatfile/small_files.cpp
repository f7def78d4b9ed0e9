#include "small_files.hpp"

#include <sys/stat.h>

#include <array>
#include <optional>

#include "codec.hpp"
#include "crc32c.hpp"

namespace masterkey2::flatfile {
namespace {

/// Copies lie in sectors of their own.
constexpr std::uint64_t kSector = 512;

/// words u64 … | crc u32
template <std::size_t N>
Bytes encode_words(const std::array<std::uint64_t, N>& words) {
  Bytes bytes;
  Encoder out(bytes);
  for (const std::uint64_t word : words) out.integer(word);
  out.integer(crc32c(0, bytes));
  return bytes;
}

template <std::size_t N>
StorageResult<std::optional<std::array<std::uint64_t, N>>> read_words(int fd, std::uint64_t offset,
                                                                      std::string_view name) {
  const auto bytes = read_at(fd, offset, N * 8 + 4, name);
  if (!bytes) return bytes.error();
  std::optional<std::array<std::uint64_t, N>> words(std::in_place);
  if (bytes->size() != N * 8 + 4) return std::optional<std::array<std::uint64_t, N>>();
  Decoder in(*bytes);
  for (std::uint64_t& word : *words) word = in.integer<std::uint64_t>();
  if (in.integer<std::uint32_t>() != crc32c(0, ByteView(*bytes).first(N * 8))) words.reset();
  return words;
}

struct HeartbeatCopies {
  Heartbeat newest;
  std::uint64_t place_of_older = 0;
};

StorageResult<HeartbeatCopies> read_copies(int fd, std::string_view name) {
  const auto first = read_words<2>(fd, 0, name);
  if (!first) return first.error();
  const auto second = read_words<2>(fd, kSector, name);
  if (!second) return second.error();
  const auto count = [](const auto& copy) { return copy ? (*copy)[0] : 0; };
  const bool first_is_newer = count(*first) > count(*second);
  const auto& newest = first_is_newer ? *first : *second;
  HeartbeatCopies copies;
  copies.place_of_older = first_is_newer ? kSector : 0;
  if (newest) copies.newest = {(*newest)[0], static_cast<UnixMillis>((*newest)[1])};
  return copies;
}

}  // namespace

DurableMark read_durable_mark(int fd) {
  const auto words = read_words<3>(fd, 0, "durable");
  if (!words || !*words) return {};
  return {(**words)[0], (**words)[1], (**words)[2]};
}

void write_durable_mark(int fd, const DurableMark& mark) {
  // A lost hint only makes a later judgement less sharp.
  (void)write_at(fd, encode_words<3>({mark.segment, mark.inode, mark.end}), 0, "durable");
}

std::uint64_t read_suspect_segment(int fd) {
  const auto words = read_words<1>(fd, kSector, "durable");
  return words && *words ? (**words)[0] : 0;
}

void write_suspect_segment(int fd, std::uint64_t segment) {
  (void)write_at(fd, encode_words<1>({segment}), kSector, "durable");
}

StorageResult<Heartbeat> read_heartbeat(int fd, std::string_view name) {
  const auto copies = read_copies(fd, name);
  if (!copies) return copies.error();
  return copies->newest;
}

StorageResult<void> write_heartbeat(int fd, const Heartbeat& heartbeat, std::string_view name) {
  const auto copies = read_copies(fd, name);
  if (!copies) return copies.error();
  if (heartbeat.count <= copies->newest.count) return {};
  const Bytes bytes = encode_words<2>({heartbeat.count, static_cast<std::uint64_t>(heartbeat.at)});
  if (auto ok = write_at(fd, bytes, copies->place_of_older, name); !ok) return ok;
  auto synced = sync_data(fd, name);
  if (synced) return synced;
  return StorageError{StorageErrorCode::kOutcomeUnknown, synced.error().detail};
}

std::uint64_t inode_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

}  // namespace masterkey2::flatfile
