// P6: each field exactly at its limit comes back whole; one beyond is refused and changes nothing.
#include "masterkey2/limits.hpp"

#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

class LimitsContract : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    add_tenant(1);
  }
};

Bytes all_bytes(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(255 - i % 256);
  return bytes;
}

std::string text(std::size_t size) { return std::string(as_text(all_bytes(size))); }

TEST_F(LimitsContract, UserFields) {
  PutUser put = make_put_user(1, 1);
  put.user.external_id = text(255);
  put.user.display_name = text(256);
  put.user.username = text(256);
  put.user.extra = all_bytes(4096);
  const auto answer = storage().put_user(put);
  ASSERT_TRUE(answer) << answer.error().detail;
  UserAccount expected = put.user;
  expected.version = 1;
  EXPECT_EQ(storage().find_user(id_of<TenantId>(1), put.user.external_id, false)->user, expected);

  const auto refused = [&](auto&& change) {
    PutUser beyond = make_put_user(1, 2);
    change(beyond.user);
    EXPECT_THAT(storage().put_user(beyond), FailsWith(StorageErrorCode::kInvalidArgument));
  };
  refused([](UserAccount& user) { user.external_id = text(256); });
  refused([](UserAccount& user) { user.external_id.clear(); });
  refused([](UserAccount& user) { user.display_name = text(257); });
  refused([](UserAccount& user) { user.username = text(257); });
  refused([](UserAccount& user) { user.extra = all_bytes(4097); });
  EXPECT_EQ(storage().list_users(id_of<TenantId>(1), {})->items.size(), 1U);
}

TEST_F(LimitsContract, CredentialFields) {
  add_user(1, 1);
  CommitRegistration commit = make_registration(1, 1, 1);
  CredentialRecord& most = commit.credential;
  most.id = all_bytes(1023);
  most.public_key = all_bytes(8192);
  most.attestation_format = text(32);
  most.transports.assign(16, text(32));
  most.name = text(256);
  most.extra = all_bytes(4096);
  most.sign_count = 0xFFFFFFFF;
  most.algorithm = -65535;
  most.uv_initialized = most.backup_eligible = most.backup_state = most.counter_suspect = true;
  most.discoverable = false;
  most.created_at = INT64_MAX;
  ASSERT_THAT(storage().commit_registration(commit), Answers(Outcome::kDone));
  CommitRegistration least = make_registration(1, 1, 2);
  least.credential.id = {0};
  least.credential.public_key = {0};
  least.credential.transports.clear();
  least.credential.attestation_format.clear();
  least.credential.name.clear();
  least.credential.discoverable.reset();
  ASSERT_THAT(storage().commit_registration(least), Answers(Outcome::kDone));
  reopen();
  most.version = 1;
  least.credential.version = 1;
  EXPECT_EQ(storage().find_user(id_of<TenantId>(1), "user-1", true)->credentials,
            (std::vector<CredentialRecord>{most, least.credential}));
  const auto view = storage().read_sign_in(id_of<TenantId>(1), most.id, {});
  EXPECT_EQ(view->credential, most);
  EXPECT_EQ(view->credential_ids, (std::vector<Bytes>{most.id, least.credential.id}));
  Bytes almost = most.id;
  almost.back() ^= 1;
  EXPECT_FALSE(storage().read_sign_in(id_of<TenantId>(1), almost, {})->credential);

  const auto refused = [&](auto&& change) {
    CommitRegistration beyond = make_registration(1, 1, 3);
    change(beyond.credential);
    EXPECT_THAT(storage().commit_registration(beyond),
                FailsWith(StorageErrorCode::kInvalidArgument));
  };
  refused([](CredentialRecord& credential) { credential.id.clear(); });
  refused([](CredentialRecord& credential) { credential.id = all_bytes(1024); });
  refused([](CredentialRecord& credential) { credential.public_key.clear(); });
  refused([](CredentialRecord& credential) { credential.public_key = all_bytes(8193); });
  refused([](CredentialRecord& credential) { credential.attestation_format = text(33); });
  refused([](CredentialRecord& credential) { credential.transports.assign(17, "usb"); });
  refused([](CredentialRecord& credential) { credential.transports = {text(33)}; });
  refused([](CredentialRecord& credential) { credential.transports = {""}; });
  refused([](CredentialRecord& credential) { credential.name = text(257); });
  refused([](CredentialRecord& credential) { credential.extra = all_bytes(4097); });
  EXPECT_THAT(storage().commit_registration(make_registration(1, 1, 3)), Answers(Outcome::kDone));
}

TEST_F(LimitsContract, TwoHundredCredentialsForOneUser) {
  add_user(1, 1);
  for (std::uint64_t number = 1; number <= 200; ++number) {
    CommitRegistration commit = make_registration(1, 1, number);
    commit.max_credentials = 200;
    commit.credential.id.resize(kMaxCredentialIdSize, 0xFF);
    ASSERT_THAT(storage().commit_registration(commit), Answers(Outcome::kDone)) << number;
  }
  CommitRegistration commit = make_registration(1, 1, 201);
  commit.max_credentials = 200;
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kLimitReached));
  commit.max_credentials = 201;
  EXPECT_THAT(storage().commit_registration(commit), FailsWith(StorageErrorCode::kInvalidArgument));
  const auto user = storage().find_user(id_of<TenantId>(1), "user-1", true);
  ASSERT_EQ(user->credentials.size(), 200U);
  const auto view = storage().read_sign_in(id_of<TenantId>(1), user->credentials[100].id, {});
  ASSERT_EQ(view->credential_ids.size(), 200U);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(view->credential_ids[i], user->credentials[i].id) << i;
  }
}

TEST_F(LimitsContract, TenantFields) {
  InsertTenant most = make_insert_tenant(2);
  most.tenant.name = text(256);
  most.tenant.rp_id = std::string(253, 'a');
  most.tenant.settings = all_bytes(65536);
  SigningKey key = most.tenant.signing_keys[0];
  key.id = std::string(64, 'k');
  key.wrapped_private_key = all_bytes(512);
  most.tenant.signing_keys.assign(8, key);
  most.first_key.name = text(256);
  ASSERT_THAT(storage().insert_tenant(most), Answers(Outcome::kDone));
  reopen();
  most.tenant.generation = 1;
  EXPECT_EQ(*storage().find_tenant(id_of<TenantId>(2)), most.tenant);

  const auto refused = [&](auto&& change) {
    InsertTenant beyond = make_insert_tenant(3);
    change(beyond);
    EXPECT_THAT(storage().insert_tenant(beyond), FailsWith(StorageErrorCode::kInvalidArgument));
  };
  refused([](InsertTenant& insert) { insert.tenant.name.clear(); });
  refused([](InsertTenant& insert) { insert.tenant.name = text(257); });
  refused([](InsertTenant& insert) { insert.tenant.rp_id.clear(); });
  refused([](InsertTenant& insert) { insert.tenant.rp_id = std::string(254, 'a'); });
  refused([](InsertTenant& insert) { insert.tenant.settings = all_bytes(65537); });
  refused([](InsertTenant& insert) {
    insert.tenant.signing_keys.assign(9, insert.tenant.signing_keys[0]);
  });
  refused([](InsertTenant& insert) { insert.tenant.signing_keys[0].public_point.pop_back(); });
  refused([](InsertTenant& insert) { insert.first_key.prefix = "short"; });
  refused([](InsertTenant& insert) { insert.first_key.name = text(257); });
  refused([](InsertTenant& insert) { insert.first_key.scopes = 8; });
  refused([](InsertTenant& insert) { insert.first_key.tenant = id_of<TenantId>(1); });
  EXPECT_FALSE(storage().find_tenant(id_of<TenantId>(3))->has_value());
}

TEST_F(LimitsContract, SignInFields) {
  add_user(1, 1);
  add_credential(1, 1, 1);
  CommitSignIn most = make_sign_in(1, 1, 1, 50, 60);
  SignInProof& proof = most.sign_in.proof.emplace();
  proof.authenticator_data = all_bytes(65536);
  proof.client_data_json = all_bytes(65536);
  proof.signature = all_bytes(2048);
  proof.algorithm = -257;
  proof.challenge_salt = all_bytes(32);
  most.sign_in.binding = id_of<Digest>(5);
  most.sign_in.extra = all_bytes(4096);
  most.sign_in.channel = Channel::kCrossDevice;
  most.sign_in.counter_suspect = true;
  most.sign_in.user_version = UINT64_MAX;
  ASSERT_THAT(storage().commit_sign_in(most), Answers(Outcome::kDone));
  reopen();
  EXPECT_EQ(storage().take_sign_in(make_take(1, 50))->sign_in, most.sign_in);

  const auto refused = [&](auto&& change) {
    CommitSignIn beyond = make_sign_in(1, 1, 1, 51, 60);
    beyond.sign_in.proof = most.sign_in.proof;
    change(beyond.sign_in);
    EXPECT_THAT(storage().commit_sign_in(beyond), FailsWith(StorageErrorCode::kInvalidArgument));
  };
  refused([](SignIn& sign_in) { sign_in.credential_id.clear(); });
  refused([](SignIn& sign_in) { sign_in.extra = all_bytes(4097); });
  refused([](SignIn& sign_in) { sign_in.proof->authenticator_data = all_bytes(36); });
  refused([](SignIn& sign_in) { sign_in.proof->authenticator_data = all_bytes(65537); });
  refused([](SignIn& sign_in) { sign_in.proof->client_data_json = all_bytes(65537); });
  refused([](SignIn& sign_in) { sign_in.proof->signature = all_bytes(2049); });
  refused([](SignIn& sign_in) { sign_in.proof->challenge_salt = all_bytes(31); });
}

TEST_F(LimitsContract, EphemeralFields) {
  const Bytes key = all_bytes(64);
  const Bytes value = all_bytes(16384);
  ASSERT_THAT(storage().put_ephemeral(make_guard(1), key, 0, value, kLater),
              Answers(Outcome::kDone));
  EXPECT_EQ(storage().find_ephemeral(id_of<TenantId>(1), key, kNow)->value().value, value);
  EXPECT_THAT(storage().put_ephemeral(make_guard(1), all_bytes(65), 0, value, kLater),
              FailsWith(StorageErrorCode::kInvalidArgument));
  EXPECT_THAT(storage().put_ephemeral(make_guard(1), {}, 0, value, kLater),
              FailsWith(StorageErrorCode::kInvalidArgument));
  EXPECT_THAT(storage().put_ephemeral(make_guard(1), Bytes{1}, 0, all_bytes(16385), kLater),
              FailsWith(StorageErrorCode::kInvalidArgument));
}

TEST_F(LimitsContract, AuditFields) {
  AuditEntry most = make_audit(1, 2);
  most.type = std::string(64, 't');
  most.subject = all_bytes(32);
  most.body = all_bytes(4096);
  ASSERT_TRUE(storage().append_audit({most}));
  const auto refused = [&](auto&& change) {
    AuditEntry beyond = make_audit(1, 3);
    change(beyond);
    EXPECT_THAT(storage().append_audit({beyond}), FailsWith(StorageErrorCode::kInvalidArgument));
  };
  refused([](AuditEntry& entry) { entry.type.clear(); });
  refused([](AuditEntry& entry) { entry.type = std::string(65, 't'); });
  refused([](AuditEntry& entry) { entry.subject = all_bytes(31); });
  refused([](AuditEntry& entry) { entry.body = all_bytes(4097); });
  EXPECT_THAT(storage().append_audit(std::vector<AuditEntry>(65, make_audit(1, 4))),
              FailsWith(StorageErrorCode::kInvalidArgument));
  const auto entries = storage().list_audit(id_of<TenantId>(1), {}, {});
  ASSERT_EQ(entries->items.size(), 2U);
  EXPECT_EQ(entries->items[1], most);
}

}  // namespace
}  // namespace masterkey2::testing
