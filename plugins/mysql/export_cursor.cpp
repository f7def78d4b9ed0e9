#include "export_cursor.hpp"

#include <string_view>

namespace masterkey2::mysql {
namespace {

std::string hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

std::string named(const char* kind, const TenantId& tenant, ByteView key) {
  return std::string(kind) + " " + hex(key) + " of tenant " + hex(tenant.view());
}

}  // namespace

std::string name_of(const StoredTenant& row) { return "tenant " + hex(row.tenant.id.view()); }
std::string name_of(const ApiKey& row) { return named("API key", row.tenant, row.id.view()); }
std::string name_of(const StoredUser& row) {
  return named("user", row.tenant, row.user.handle.view());
}
std::string name_of(const PlacedCredential& row) {
  return named("credential", row.row.tenant, row.row.credential.id);
}
std::string name_of(const StoredClaim& row) { return named("claim", row.tenant, row.id.view()); }
std::string name_of(const StoredSignIn& row) {
  return named("sign-in", row.tenant, row.sign_in.id.view());
}
std::string name_of(const StoredSessionMark& row) {
  return named("session mark", row.tenant, row.session_token.view());
}
std::string name_of(const StoredIdempotency& row) {
  return named("idempotency key", row.tenant, row.key.view());
}
std::string name_of(const StoredEphemeral& row) { return named("ephemeral", row.tenant, row.key); }
std::string name_of(const PlacedRevocation& row) {
  return named("revocation", row.row.tenant, row.row.token.view());
}
std::string name_of(const AuditEntry& row) {
  return named("audit entry", row.tenant, row.chain.view()) + ", number " +
         std::to_string(row.sequence);
}

}  // namespace masterkey2::mysql
