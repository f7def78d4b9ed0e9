#include "service/claims/session_claims.hpp"

#include "service/claims/optional_codec.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxNonce = 64;

}  // namespace

Bytes encode_claims(const SessionClaims& claims) {
  ByteWriter writer;
  write_envelope(writer, kLayout, claims.envelope);
  write_optional(writer, claims.user);
  writer.string(claims.challenge_nonce);
  write_optional(writer, claims.binding);
  return std::move(writer).take();
}

std::optional<SessionClaims> decode_session_claims(ByteView bytes) {
  ByteReader reader(bytes);
  SessionClaims claims;
  if (!read_envelope(reader, kLayout, claims.envelope)) return std::nullopt;
  claims.user = read_optional<UserHandle>(reader);
  claims.challenge_nonce = to_bytes(reader.string(kMaxNonce));
  claims.binding = read_optional<Digest>(reader);
  if (!reader.complete()) return std::nullopt;
  return claims;
}

}  // namespace masterkey2
