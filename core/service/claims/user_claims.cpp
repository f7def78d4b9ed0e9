#include "service/claims/user_claims.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint8_t kLayout = 1;

}  // namespace

Bytes encode_claims(const UserClaims& claims) {
  ByteWriter writer;
  write_envelope(writer, kLayout, claims.envelope);
  writer.raw(claims.user.view());
  writer.raw(claims.api_key.view());
  return std::move(writer).take();
}

std::optional<UserClaims> decode_user_claims(ByteView bytes) {
  ByteReader reader(bytes);
  UserClaims claims;
  if (!read_envelope(reader, kLayout, claims.envelope)) return std::nullopt;
  claims.user = reader.identifier<UserHandle>();
  claims.api_key = reader.identifier<ApiKeyId>();
  if (!reader.complete()) return std::nullopt;
  return claims;
}

}  // namespace masterkey2
