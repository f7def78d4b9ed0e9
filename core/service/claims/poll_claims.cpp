#include "service/claims/poll_claims.hpp"

#include "service/claims/optional_codec.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint8_t kPollLayout = 1;
constexpr std::uint8_t kPhoneLayout = 2;
constexpr std::size_t kMaxOrigin = 512;
constexpr std::size_t kMaxCeremony = 4'096;

std::optional<CrossDeviceClaims> decode_poll(ByteView bytes) {
  ByteReader reader(bytes);
  PollClaims claims;
  if (!read_envelope(reader, kPollLayout, claims.envelope)) return std::nullopt;
  claims.session_token = reader.identifier<TokenId>();
  claims.origin = reader.text(kMaxOrigin);
  claims.binding = read_optional<Digest>(reader);
  if (!reader.complete()) return std::nullopt;
  return claims;
}

std::optional<CrossDeviceClaims> decode_phone(ByteView bytes) {
  ByteReader reader(bytes);
  PhoneClaims claims;
  TokenEnvelope envelope;
  if (!read_envelope(reader, kPhoneLayout, envelope)) return std::nullopt;
  claims.session_expires_at = reader.millis();
  auto ceremony = decode_ceremony_claims(reader.string(kMaxCeremony));
  if (!reader.complete() || !ceremony || ceremony->envelope != envelope) return std::nullopt;
  claims.ceremony = *std::move(ceremony);
  return claims;
}

}  // namespace

Bytes encode_claims(const PollClaims& claims) {
  ByteWriter writer;
  write_envelope(writer, kPollLayout, claims.envelope);
  writer.raw(claims.session_token.view());
  writer.string(claims.origin);
  write_optional(writer, claims.binding);
  return std::move(writer).take();
}

Bytes encode_claims(const PhoneClaims& claims) {
  ByteWriter writer;
  // As with every token, the envelope comes first.
  write_envelope(writer, kPhoneLayout, claims.ceremony.envelope);
  writer.millis(claims.session_expires_at);
  writer.string(encode_claims(claims.ceremony));
  return std::move(writer).take();
}

std::optional<CrossDeviceClaims> decode_cross_device_claims(ByteView bytes) {
  if (bytes.empty()) return std::nullopt;
  switch (bytes.front()) {
    case kPollLayout:
      return decode_poll(bytes);
    case kPhoneLayout:
      return decode_phone(bytes);
    default:
      return std::nullopt;
  }
}

}  // namespace masterkey2
