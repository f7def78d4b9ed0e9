// The documented limits of every stored field, as code: what storage accepts (P6) and what the host
// believes of the rows that come back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "masterkey2/api_key.hpp"
#include "masterkey2/audit_entry.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/credential_record.hpp"
#include "masterkey2/sign_in.hpp"
#include "masterkey2/tenant.hpp"
#include "masterkey2/user_account.hpp"

namespace masterkey2 {

inline constexpr std::size_t kMaxNameSize = 256;
inline constexpr std::size_t kMaxExternalIdSize = 255;
inline constexpr std::size_t kMaxCredentialIdSize = 1023;
inline constexpr std::size_t kMaxExtraSize = 4096;
inline constexpr std::size_t kMaxEphemeralKeySize = 64;
inline constexpr std::size_t kMaxEphemeralValueSize = 16384;
inline constexpr std::size_t kMaxCursorSize = 512;
inline constexpr std::uint32_t kMaxPageLimit = 1000;
inline constexpr std::uint32_t kMaxCredentialsPerUser = 200;
inline constexpr std::uint32_t kMaxApiKeysPerTenant = 64;
inline constexpr std::size_t kMaxAuditEntriesPerCall = 64;

[[nodiscard]] constexpr bool size_within(std::size_t size, std::size_t least, std::size_t most) {
  return size >= least && size <= most;
}

[[nodiscard]] inline bool is_within_limits(const SigningKey& key) {
  return size_within(key.id.size(), 1, 64) && key.state <= SigningKeyState::kRetired &&
         key.public_point.size() == 65 && size_within(key.wrapped_private_key.size(), 1, 512);
}

[[nodiscard]] inline bool is_within_limits(const Tenant& tenant) {
  return size_within(tenant.name.size(), 1, kMaxNameSize) &&
         size_within(tenant.rp_id.size(), 1, 253) && tenant.settings.size() <= 65536 &&
         tenant.signing_keys.size() <= 8 &&
         std::ranges::all_of(tenant.signing_keys,
                             [](const SigningKey& key) { return is_within_limits(key); });
}

[[nodiscard]] inline bool is_within_limits(const ApiKey& key) {
  return key.prefix.size() == 12 && key.name.size() <= kMaxNameSize &&
         (key.scopes & ~kAllKeyScopes) == 0;
}

[[nodiscard]] inline bool is_external_id_within_limits(std::string_view external_id) {
  return size_within(external_id.size(), 1, kMaxExternalIdSize);
}

[[nodiscard]] inline bool is_within_limits(const UserAccount& user) {
  return is_external_id_within_limits(user.external_id) &&
         user.display_name.size() <= kMaxNameSize && user.username.size() <= kMaxNameSize &&
         user.extra.size() <= kMaxExtraSize;
}

[[nodiscard]] inline bool is_within_limits(const CredentialRecord& credential) {
  return size_within(credential.id.size(), 1, kMaxCredentialIdSize) &&
         size_within(credential.public_key.size(), 1, 8192) &&
         credential.attestation_format.size() <= 32 && credential.transports.size() <= 16 &&
         std::ranges::all_of(
             credential.transports,
             [](const std::string& transport) { return size_within(transport.size(), 1, 32); }) &&
         credential.name.size() <= kMaxNameSize && credential.extra.size() <= kMaxExtraSize;
}

[[nodiscard]] inline bool is_within_limits(const SignInProof& proof) {
  return size_within(proof.authenticator_data.size(), 37, 65536) &&
         size_within(proof.client_data_json.size(), 1, 65536) &&
         size_within(proof.signature.size(), 1, 2048) &&
         (proof.challenge_salt.empty() || proof.challenge_salt.size() == 32);
}

[[nodiscard]] inline bool is_within_limits(const SignIn& sign_in) {
  return size_within(sign_in.credential_id.size(), 1, kMaxCredentialIdSize) &&
         sign_in.channel <= Channel::kCrossDevice && sign_in.extra.size() <= kMaxExtraSize &&
         (!sign_in.proof || is_within_limits(*sign_in.proof));
}

[[nodiscard]] inline bool is_within_limits(const AuditEntry& entry) {
  return size_within(entry.type.size(), 1, 64) &&
         (entry.subject.empty() || entry.subject.size() == 32) &&
         entry.body.size() <= kMaxExtraSize;
}

}  // namespace masterkey2
