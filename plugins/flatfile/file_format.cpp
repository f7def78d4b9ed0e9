#include "file_format.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "crc32c.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'M', 'K', '2', 'f', 'l', 'a', 't', '\n'};
constexpr std::uint32_t kRecordMarker = 0x72324B4DU;  // "MK2r"
constexpr std::size_t kHeaderBodySize = kHeaderSize - 4;

std::uint32_t record_checksum(std::uint32_t seed, std::uint64_t offset, std::uint64_t durable_up_to,
                              ByteView payload) {
  Bytes prefix;
  Encoder out(prefix);
  out.integer(offset);
  out.integer(static_cast<std::uint32_t>(payload.size()));
  out.integer(durable_up_to);
  return crc32c(crc32c(seed, prefix), payload);
}

StorageError incompatible(std::string_view name, std::uint32_t format) {
  std::string detail = std::string(name) + ": has format " + std::to_string(format) +
                       ", this program reads format " + std::to_string(kFormatNumber);
  if (format >= kOldestFormat && format < kFormatNumber) {
    detail += ": run `masterkey2ctl storage migrate`";
  }
  return {StorageErrorCode::kIncompatible, std::move(detail)};
}

}  // namespace

Bytes encode_header(const FileHeader& header) {
  Bytes bytes;
  bytes.reserve(kHeaderSize);
  Encoder out(bytes);
  out.raw(kMagic);
  out.integer(header.format);
  out.integer(static_cast<std::uint32_t>(header.kind));
  out.integer(header.number);
  out.identifier(header.installation);
  out.integer(header.chain);
  out.integer(header.first_sequence);
  bytes.resize(kHeaderBodySize);
  out.integer(crc32c(0, bytes));
  return bytes;
}

StorageResult<FileHeader> decode_header(ByteView bytes, FileKind kind, std::uint64_t number,
                                        std::string_view name, std::uint32_t oldest) {
  const auto corrupt = [name](const char* why) {
    return StorageError{StorageErrorCode::kCorrupt, std::string(name) + ": " + why};
  };
  if (bytes.size() < kHeaderSize) return corrupt("is shorter than its header");
  Decoder in(bytes.first(kHeaderBodySize));
  if (!equal_bytes(in.raw(kMagic.size()), kMagic)) return corrupt("is no file of this store");
  const auto format = in.integer<std::uint32_t>();
  // The number comes first: a later format may checksum its header in another way.
  if (format < oldest || format > kFormatNumber) return incompatible(name, format);
  Decoder checksum(bytes.subspan(kHeaderBodySize, 4));
  if (checksum.integer<std::uint32_t>() != crc32c(0, bytes.first(kHeaderBodySize))) {
    return corrupt("the checksum of its header is wrong");
  }
  FileHeader header;
  header.format = format;
  header.kind = static_cast<FileKind>(in.integer<std::uint32_t>());
  header.number = in.integer<std::uint64_t>();
  header.installation = in.identifier<Digest>();
  header.chain = in.integer<std::uint32_t>();
  header.first_sequence = in.integer<std::uint64_t>();
  if (header.kind != kind || header.number != number) {
    return corrupt("its header belongs to another file");
  }
  return header;
}

std::uint32_t record_seed(const FileHeader& header) { return crc32c(0, encode_header(header)); }

void encode_record(Bytes& out, std::uint32_t seed, std::uint64_t offset,
                   std::uint64_t durable_up_to, ByteView payload) {
  Encoder encoder(out);
  encoder.integer(kRecordMarker);
  encoder.integer(static_cast<std::uint32_t>(payload.size()));
  encoder.integer(durable_up_to);
  encoder.integer(record_checksum(seed, offset, durable_up_to, payload));
  encoder.raw(payload);
}

std::optional<std::size_t> record_size(ByteView bytes) {
  Decoder in(bytes);
  const auto marker = in.integer<std::uint32_t>();
  const auto size = in.integer<std::uint32_t>();
  if (!in.ok() || marker != kRecordMarker || size > kMaxPayloadSize) return std::nullopt;
  return kRecordHeaderSize + size;
}

std::optional<Record> decode_record(ByteView bytes, std::uint32_t seed, std::uint64_t offset) {
  const std::optional<std::size_t> size = record_size(bytes);
  if (!size || bytes.size() < *size) return std::nullopt;
  Decoder in(bytes);
  in.raw(8);
  Record record;
  record.durable_up_to = in.integer<std::uint64_t>();
  record.checksum = in.integer<std::uint32_t>();
  record.payload = bytes.subspan(kRecordHeaderSize, *size - kRecordHeaderSize);
  record.size = *size;
  if (record_checksum(seed, offset, record.durable_up_to, record.payload) != record.checksum) {
    return std::nullopt;
  }
  return record;
}

}  // namespace masterkey2::flatfile
