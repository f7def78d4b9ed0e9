#include "service/claims/token_envelope.hpp"

namespace masterkey2 {

void write_envelope(ByteWriter& writer, std::uint8_t layout, const TokenEnvelope& envelope) {
  writer.integer(layout);
  writer.raw(envelope.tenant.view());
  writer.raw(envelope.id.view());
  writer.millis(envelope.issued_at);
  writer.millis(envelope.expires_at);
}

bool read_envelope(ByteReader& reader, std::uint8_t layout, TokenEnvelope& envelope) {
  if (reader.integer<std::uint8_t>() != layout) return false;
  envelope.tenant = reader.identifier<TenantId>();
  envelope.id = reader.identifier<TokenId>();
  envelope.issued_at = reader.millis();
  envelope.expires_at = reader.millis();
  return !reader.failed();
}

std::optional<TenantId> read_envelope_tenant(ByteView plaintext) {
  ByteReader reader(plaintext);
  static_cast<void>(reader.integer<std::uint8_t>());
  const auto tenant = reader.identifier<TenantId>();
  return reader.failed() ? std::nullopt : std::optional(tenant);
}

}  // namespace masterkey2
