#include "audit_rows.hpp"

#include "rows.hpp"

namespace masterkey2::flatfile {

void AuditRows::encode(Encoder& out, const AuditEntry& row) { out.string(encode_audit(row)); }

std::optional<AuditEntry> AuditRows::decode(ByteView bytes) { return decode_audit(bytes); }

void AuditRows::encode_key(Encoder& out, const AuditKey& key) {
  out.identifier(key.tenant);
  out.millis(key.at);
  out.identifier(key.chain);
  out.integer(key.sequence);
}

AuditKey AuditRows::decode_key(Decoder& in) {
  AuditKey key;
  key.tenant = in.identifier<TenantId>();
  key.at = in.millis();
  key.chain = in.identifier<TokenId>();
  key.sequence = in.integer<std::uint64_t>();
  return key;
}

}  // namespace masterkey2::flatfile
