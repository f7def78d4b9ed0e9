// Rows of the tables as the types of the contract: which columns, in which order.
#pragma once

#include "connection.hpp"
#include "masterkey2/storage.hpp"

namespace masterkey2::mysql {

#define MASTERKEY2_TENANT_COLUMNS(t)                                                          \
  " " t ".id, " t ".generation, " t ".enabled, " t ".name, " t ".rp_id, " t ".created_at, " t \
  ".settings, " t ".signing_keys "
[[nodiscard]] Tenant read_tenant(Rows& rows);

#define MASTERKEY2_API_KEY_COLUMNS(k)                                                 \
  " " k ".id, " k ".tenant, " k ".digest, " k ".prefix, " k ".name, " k ".scopes, " k \
  ".lineage, " k ".lineage_number, " k ".created_at, " k ".expires_at, " k ".version "
[[nodiscard]] ApiKey read_api_key(Rows& rows);

/// Absent where `handle` is NULL.
#define MASTERKEY2_USER_COLUMNS(u)                                           \
  " " u ".handle, " u ".external_id, " u ".display_name, " u ".username, " u \
  ".extra, CONCAT_WS(' ', " u ".enabled, " u ".created_at, " u ".version) "
[[nodiscard]] std::optional<UserAccount> read_user(Rows& rows);

/// Absent where `id` is NULL.
#define MASTERKEY2_CREDENTIAL_COLUMNS(c)                                                           \
  " " c ".id, " c ".user, " c ".public_key, " c ".aaguid, " c ".attestation_format, " c            \
  ".transports, " c ".name, " c ".extra, CONCAT_WS(' ', " c ".algorithm, " c ".sign_count, " c     \
  ".uv_initialized, " c ".backup_eligible, " c ".backup_state, " c ".counter_suspect, COALESCE(" c \
  ".discoverable, '-'), " c ".created_at, " c ".last_used_at, " c ".version) "
[[nodiscard]] std::optional<CredentialRecord> read_credential(Rows& rows);

/// Of claims; absent where `id` is NULL.
#define MASTERKEY2_SIGN_IN_COLUMNS(s)                                                  \
  " " s ".id, " s ".session_token, " s ".user, " s ".credential_id, " s ".binding, " s \
  ".extra, " s ".proof_authenticator_data, " s ".proof_client_data_json, " s           \
  ".proof_signature, " s ".proof_challenge_salt, CONCAT_WS(' ', " s ".at, " s          \
  ".takeable_until, " s ".keep_until, " s ".channel, " s ".confirmed, " s ".flags, " s \
  ".sign_count, " s ".counter_suspect, " s ".user_version, " s                         \
  ".credential_version, "                                                              \
  "COALESCE(" s ".proof_algorithm, '-')) "
[[nodiscard]] std::optional<SignIn> read_sign_in(Rows& rows);

/// All columns of a sign-in in `claims`, and what goes to them, `kind` apart. Borrows `row`.
#define MASTERKEY2_SIGN_IN_INSERT                                                        \
  "tenant, id, kind, purge_at, keep_until, session_token, user, credential_id, at, "     \
  "takeable_until, session_until, channel, confirmed, flags, sign_count, "               \
  "counter_suspect, binding, user_version, credential_version, extra, "                  \
  "proof_authenticator_data, proof_client_data_json, proof_signature, proof_algorithm, " \
  "proof_challenge_salt"
[[nodiscard]] Params sign_in_params(const TenantId& tenant, const SignIn& row,
                                    UnixMillis session_expires_at);

[[nodiscard]] AuditEntry read_audit_entry(Rows& rows, const TenantId& tenant);

/// Column `signing_keys`: a byte for the count, then for each key id, state (1 byte), three times,
/// public point, wrapped_by (4 bytes) and wrapped private key; strings and byte strings with their
/// length in 2 bytes before them, all numbers big-endian.
[[nodiscard]] Bytes encode_signing_keys(const std::vector<SigningKey>& keys);
[[nodiscard]] std::vector<SigningKey> decode_signing_keys(ByteView bytes);

/// Column `transports`: each with its length in one byte before it.
[[nodiscard]] Bytes encode_transports(const std::vector<std::string>& transports);
[[nodiscard]] std::vector<std::string> decode_transports(ByteView bytes);

}  // namespace masterkey2::mysql
