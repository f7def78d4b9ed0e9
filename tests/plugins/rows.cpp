#include "plugins/rows.hpp"

namespace masterkey2::testing {

Installation make_installation() {
  Installation installation;
  installation.id = id_of<Digest>(77);
  installation.created_at = kNow;
  return installation;
}

AuditEntry make_audit(std::uint64_t tenant, std::uint64_t sequence) {
  AuditEntry entry;
  entry.tenant = id_of<TenantId>(tenant);
  entry.chain = id_of<TokenId>(9);
  entry.sequence = sequence;
  entry.at = kNow + static_cast<UnixMillis>(sequence);
  entry.type = "test.entry";
  entry.body = {1, 2, 3};
  entry.keep_until = kNow + 1'000'000'000;
  return entry;
}

Tenant make_tenant(std::uint64_t number) {
  Tenant tenant;
  tenant.id = id_of<TenantId>(number);
  tenant.name = "Tenant " + std::to_string(number);
  tenant.rp_id = "tenant" + std::to_string(number) + ".example";
  tenant.created_at = kNow;
  tenant.settings = {5, 6, 7};
  SigningKey key;
  key.id = "key";
  key.state = SigningKeyState::kActive;
  key.created_at = kNow;
  key.public_point = Bytes(65, 4);
  key.wrapped_by = 3;
  key.wrapped_private_key = Bytes(60, 8);
  tenant.signing_keys.push_back(key);
  return tenant;
}

ApiKey make_api_key(std::uint64_t tenant, std::uint64_t number) {
  ApiKey key;
  key.id = id_of<ApiKeyId>(tenant * 1000 + number);
  key.tenant = id_of<TenantId>(tenant);
  key.digest = id_of<Digest>(tenant * 1000 + number);
  key.prefix = "bvsk_1234567";
  key.name = "key " + std::to_string(number);
  key.lineage = key.id;
  key.created_at = kNow + static_cast<UnixMillis>(number);
  return key;
}

InsertTenant make_insert_tenant(std::uint64_t number) {
  InsertTenant insert;
  insert.tenant = make_tenant(number);
  insert.first_key = make_api_key(number, 1);
  insert.audit = make_audit(number, 1);
  return insert;
}

Guard make_guard(std::uint64_t tenant) {
  Guard guard;
  guard.tenant = id_of<TenantId>(tenant);
  guard.now = kNow;
  return guard;
}

UserAccount make_user(std::uint64_t number) {
  UserAccount user;
  user.handle = id_of<UserHandle>(number);
  user.external_id = "user-" + std::to_string(number);
  user.display_name = "User " + std::to_string(number);
  user.username = "u" + std::to_string(number);
  user.created_at = kNow;
  return user;
}

PutUser make_put_user(std::uint64_t tenant, std::uint64_t number) {
  PutUser put;
  put.guard = make_guard(tenant);
  put.user = make_user(number);
  put.set_display_name = true;
  put.set_username = true;
  put.audit = make_audit(tenant, 1000 + number);
  return put;
}

CredentialRecord make_credential(std::uint64_t user, std::uint64_t number) {
  CredentialRecord credential;
  credential.id = to_bytes(id_of<Digest>(number).view());
  credential.user = id_of<UserHandle>(user);
  credential.public_key = Bytes(77, static_cast<std::uint8_t>(number));
  credential.algorithm = -7;
  credential.aaguid = id_of<Aaguid>(5);
  credential.attestation_format = "none";
  credential.transports = {"internal", "hybrid"};
  credential.discoverable = true;
  credential.name = "Passkey " + std::to_string(number);
  credential.created_at = kNow;
  return credential;
}

CommitRegistration make_registration(std::uint64_t tenant, std::uint64_t user,
                                     std::uint64_t number) {
  CommitRegistration commit;
  commit.guard = make_guard(tenant);
  commit.ceremony = {id_of<TokenId>(number), kLater};
  commit.user_token = {id_of<TokenId>(kUserTokens + number), kLater};
  commit.credential = make_credential(user, number);
  commit.audit = make_audit(tenant, 10'000 + number);
  return commit;
}

CommitSignIn make_sign_in(std::uint64_t tenant, std::uint64_t user, std::uint64_t credential,
                          std::uint64_t number, std::uint64_t session) {
  CommitSignIn commit;
  commit.guard = make_guard(tenant);
  commit.sign_in.id = id_of<TokenId>(number);
  commit.sign_in.session_token = id_of<TokenId>(session);
  commit.sign_in.user = id_of<UserHandle>(user);
  commit.sign_in.credential_id = make_credential(user, credential).id;
  commit.sign_in.at = kNow;
  commit.sign_in.takeable_until = kNow + 120'000;
  commit.sign_in.keep_until = kLater;
  commit.sign_in.flags = 0x05;
  commit.sign_in.sign_count = 3;
  commit.session_expires_at = kNow + 86'400'000;
  commit.audit = make_audit(tenant, 100'000 + number);
  return commit;
}

TakeSignIn make_take(std::uint64_t tenant, std::uint64_t sign_in) {
  TakeSignIn take;
  take.guard = make_guard(tenant);
  take.sign_in = id_of<TokenId>(sign_in);
  take.audit = make_audit(tenant, 200'000 + sign_in);
  return take;
}

TakeSignIn make_take_by_session(std::uint64_t tenant, std::uint64_t session) {
  TakeSignIn take;
  take.guard = make_guard(tenant);
  take.session_token = id_of<TokenId>(session);
  take.not_before = kNow - 120'000;
  take.audit = make_audit(tenant, 300'000 + session);
  return take;
}

}  // namespace masterkey2::testing
