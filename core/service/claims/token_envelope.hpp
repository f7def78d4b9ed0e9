// What every sealed token says, whatever its kind.
#pragma once

#include <cstdint>
#include <optional>

#include "encoding/byte_codec.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2 {

struct TokenEnvelope {
  TenantId tenant;
  TokenId id;  ///< `jti`
  UnixMillis issued_at = 0;
  UnixMillis expires_at = 0;  ///< dead from this moment

  bool operator==(const TokenEnvelope&) const = default;
};

/// `layout`: number of the kind's own members' layout; the first byte of every plaintext.
void write_envelope(ByteWriter& writer, std::uint8_t layout, const TokenEnvelope& envelope);

/// False if the layout is another one; see ByteReader for what is too short.
[[nodiscard]] bool read_envelope(ByteReader& reader, std::uint8_t layout, TokenEnvelope& envelope);

/// Of the plaintext of a sealed token of any kind and layout; absent if it is too short.
[[nodiscard]] std::optional<TenantId> read_envelope_tenant(ByteView plaintext);

}  // namespace masterkey2
