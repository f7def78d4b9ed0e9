#include "service/claims/qr_claims.hpp"

#include "service/claims/optional_codec.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxNonce = 64;

}  // namespace

Bytes encode_claims(const QrClaims& claims) {
  ByteWriter writer;
  write_envelope(writer, kLayout, claims.envelope);
  writer.raw(claims.session.envelope.id.view());
  writer.millis(claims.session.envelope.expires_at);
  write_optional(writer, claims.session.user);
  writer.integer(static_cast<std::uint8_t>(claims.session.challenge_nonce.size()));
  writer.raw(claims.session.challenge_nonce);
  write_optional(writer, claims.session.binding);
  writer.integer(static_cast<std::uint8_t>(claims.computer.browser));
  writer.integer(static_cast<std::uint8_t>(claims.computer.system));
  return std::move(writer).take();
}

std::optional<QrClaims> decode_qr_claims(ByteView bytes) {
  ByteReader reader(bytes);
  QrClaims claims;
  if (!read_envelope(reader, kLayout, claims.envelope)) return std::nullopt;
  SessionClaims& session = claims.session;
  session.envelope.tenant = claims.envelope.tenant;
  session.envelope.id = reader.identifier<TokenId>();
  session.envelope.expires_at = reader.millis();
  session.user = read_optional<UserHandle>(reader);
  const auto nonce_size = reader.integer<std::uint8_t>();
  if (nonce_size > kMaxNonce) return std::nullopt;
  session.challenge_nonce = to_bytes(reader.raw(nonce_size));
  session.binding = read_optional<Digest>(reader);
  const auto browser = reader.integer<std::uint8_t>();
  const auto system = reader.integer<std::uint8_t>();
  if (!reader.complete() || browser > static_cast<std::uint8_t>(Browser::kSamsungInternet) ||
      system > static_cast<std::uint8_t>(OperatingSystem::kWindows)) {
    return std::nullopt;
  }
  claims.computer = {static_cast<Browser>(browser), static_cast<OperatingSystem>(system)};
  return claims;
}

}  // namespace masterkey2
