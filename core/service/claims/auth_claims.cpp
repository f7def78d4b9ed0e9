#include "service/claims/auth_claims.hpp"

#include "service/claims/optional_codec.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint8_t kLayout = 1;

}  // namespace

Bytes encode_claims(const AuthClaims& claims) {
  ByteWriter writer;
  write_envelope(writer, kLayout, claims.envelope);
  write_optional(writer, claims.binding);
  return std::move(writer).take();
}

std::optional<AuthClaims> decode_auth_claims(ByteView bytes) {
  ByteReader reader(bytes);
  AuthClaims claims;
  if (!read_envelope(reader, kLayout, claims.envelope)) return std::nullopt;
  claims.binding = read_optional<Digest>(reader);
  if (!reader.complete()) return std::nullopt;
  return claims;
}

}  // namespace masterkey2
