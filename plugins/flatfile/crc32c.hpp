// CRC-32C (Castagnoli), the checksum of every header, record and document of the store.
#pragma once

#include <cstdint>

#include "masterkey2/bytes.hpp"

namespace masterkey2::flatfile {

/// `crc` carried on over `bytes`; starts at 0. Uses the processor's instruction where it has one.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t crc, ByteView bytes);

}  // namespace masterkey2::flatfile
