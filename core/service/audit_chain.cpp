#include "service/audit_chain.hpp"

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "encoding/byte_codec.hpp"
#include "encoding/json.hpp"

namespace masterkey2 {
namespace {

template <class Id>
std::optional<Id> identifier_member(const Json& json, const char* name) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_string()) return std::nullopt;
  const auto bytes = base64url_decode(member->get_ref<const std::string&>());
  if (!bytes) return std::nullopt;
  return Id::from(*bytes);
}

std::optional<std::uint64_t> number_member(const Json& json, const char* name) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_number_unsigned()) return std::nullopt;
  return member->get<std::uint64_t>();
}

}  // namespace

Digest audit_entry_hash(const AuditEntry& entry) {
  ByteWriter writer;
  writer.string("masterkey2 audit entry 1");
  writer.raw(entry.tenant.view());
  writer.raw(entry.chain.view());
  writer.integer(entry.sequence);
  writer.millis(entry.at);
  writer.string(entry.type);
  writer.string(entry.subject);
  writer.string(entry.body);
  writer.millis(entry.keep_until);
  return sha256(writer.bytes());
}

Digest audit_chain_start(const TenantId& tenant, const TokenId& chain) {
  return sha256({as_bytes("masterkey2 audit chain 1"), tenant.view(), chain.view()});
}

Digest audit_chain_next(const Digest& head, const Digest& entry_hash) {
  return sha256({head.view(), entry_hash.view()});
}

AuditFingerprint audit_fingerprint(const Digest& entry_hash) {
  return AuditFingerprint::from(entry_hash.view().first(AuditFingerprint::kSize)).value();
}

Bytes encode_audit_seal(const AuditSeal& seal) {
  Bytes entries;
  for (const AuditFingerprint& entry : seal.entries) {
    entries.insert(entries.end(), entry.bytes.begin(), entry.bytes.end());
  }
  const Json body = {{"from", seal.from},
                     {"to", seal.to},
                     {"head", base64url_encode(seal.head.view())},
                     {"entries", base64url_encode(entries)}};
  return to_bytes(as_bytes(body.dump()));
}

std::optional<AuditSeal> parse_audit_seal(ByteView body) {
  const auto json = parse_json(as_text(body));
  if (!json || !json->is_object()) return std::nullopt;
  const auto from = number_member(*json, "from");
  const auto to = number_member(*json, "to");
  const auto head = identifier_member<Digest>(*json, "head");
  const auto entries = json->find("entries");
  if (!from || !to || !head || *from < 1 || *to < *from || entries == json->end() ||
      !entries->is_string() || *to - *from >= AuditSeal::kMaxEntries) {
    return std::nullopt;
  }
  const auto bytes = base64url_decode(entries->get_ref<const std::string&>());
  if (!bytes || bytes->size() != (*to - *from + 1) * AuditFingerprint::kSize) return std::nullopt;
  AuditSeal seal{.from = *from, .to = *to, .head = *head, .entries = {}};
  for (std::size_t at = 0; at < bytes->size(); at += AuditFingerprint::kSize) {
    seal.entries.push_back(
        *AuditFingerprint::from(ByteView(*bytes).subspan(at, AuditFingerprint::kSize)));
  }
  return seal;
}

}  // namespace masterkey2
