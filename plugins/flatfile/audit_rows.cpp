#include "audit_rows.hpp"

#include "rows.hpp"

namespace masterkey2::flatfile {

AuditEntry entry_of(const StoredAudit& entry) {
  // Looked at when the row was made.
  return decode_audit(entry.encoded).value();
}

void AuditRows::encode(Encoder& out, const StoredAudit& row) { out.string(row.encoded); }

std::optional<StoredAudit> AuditRows::decode(ByteView bytes) {
  const std::optional<AuditKeys> keys = scan_audit(bytes);
  if (!keys) return std::nullopt;
  return StoredAudit{
      {keys->tenant, keys->at, keys->chain, keys->sequence}, keys->keep_until, bytes};
}

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
