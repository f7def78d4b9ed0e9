// A Storage for plugins that are wrong on purpose: every operation fails.
#pragma once

#include "masterkey2/plugin.hpp"

namespace masterkey2::testing {

class StubStorage : public Storage {
 public:
  StorageResult<Outcome> initialize(const Installation&) override { return stub(); }
  StorageResult<Installation> read_installation() override { return stub(); }
  StorageResult<Outcome> raise_epoch(std::uint64_t, UnixMillis) override { return stub(); }
  StorageResult<void> write_heartbeat(std::uint64_t, UnixMillis) override { return stub(); }
  StorageResult<void> check() override { return stub(); }
  StorageResult<std::optional<UnixMillis>> storage_time() override { return stub(); }
  StorageResult<std::uint64_t> purge_expired(UnixMillis, std::uint32_t) override { return stub(); }
  StorageResult<Outcome> insert_tenant(const InsertTenant&) override { return stub(); }
  StorageResult<Outcome> update_tenant(const Guard&, const Tenant&, const AuditEntry&) override {
    return stub();
  }
  StorageResult<Outcome> erase_tenant(const Guard&, const AuditEntry&) override { return stub(); }
  StorageResult<std::optional<Tenant>> find_tenant(const TenantId&) override { return stub(); }
  StorageResult<Page<Tenant>> list_tenants(const PageRequest&) override { return stub(); }
  StorageResult<std::optional<ApiKeyAccess>> find_api_key(const Digest&, UnixMillis) override {
    return stub();
  }
  StorageResult<Outcome> insert_api_key(const Guard&, const ApiKey&, std::uint32_t,
                                        const AuditEntry&) override {
    return stub();
  }
  StorageResult<Outcome> replace_api_key(const Guard&, const ApiKeyId&, std::uint64_t, UnixMillis,
                                         const ApiKey&, const AuditEntry&) override {
    return stub();
  }
  StorageResult<Outcome> erase_api_key(const Guard&, const ApiKeyId&, const AuditEntry&) override {
    return stub();
  }
  StorageResult<std::vector<ApiKey>> list_api_keys(const TenantId&, UnixMillis) override {
    return stub();
  }
  StorageResult<UserView> find_user(const TenantId&, std::string_view, bool) override {
    return stub();
  }
  StorageResult<UserView> find_user(const TenantId&, const UserHandle&, bool,
                                    const std::optional<TokenId>&) override {
    return stub();
  }
  StorageResult<Page<UserAccount>> list_users(const TenantId&, const PageRequest&) override {
    return stub();
  }
  StorageResult<PutUserResult> put_user(const PutUser&) override { return stub(); }
  StorageResult<Outcome> set_user_enabled(const Guard&, std::string_view, bool,
                                          const AuditEntry&) override {
    return stub();
  }
  StorageResult<Outcome> erase_user(const Guard&, std::string_view, const AuditEntry&) override {
    return stub();
  }
  StorageResult<Outcome> rename_credential(const Guard&, std::string_view, ByteView,
                                           std::string_view, const AuditEntry&) override {
    return stub();
  }
  StorageResult<Outcome> erase_credential(const Guard&, std::string_view, ByteView,
                                          const AuditEntry&) override {
    return stub();
  }
  StorageResult<Standing> read_standing(const TenantId&, const std::optional<TokenId>&) override {
    return stub();
  }
  StorageResult<SignInView> read_sign_in(const TenantId&, ByteView, const TokenId&) override {
    return stub();
  }
  StorageResult<Outcome> commit_sign_in(const CommitSignIn&) override { return stub(); }
  StorageResult<Outcome> commit_registration(const CommitRegistration&) override { return stub(); }
  StorageResult<TakeResult> take_sign_in(const TakeSignIn&) override { return stub(); }
  StorageResult<Outcome> confirm_sign_in(const Guard&, const TokenId&, UnixMillis,
                                         const AuditEntry&) override {
    return stub();
  }
  StorageResult<Outcome> revoke_token(const Guard&, const TokenId&, UnixMillis,
                                      const AuditEntry&) override {
    return stub();
  }
  StorageResult<Page<TokenId>> list_revocations(const PageRequest&) override { return stub(); }
  StorageResult<Outcome> put_ephemeral(const Guard&, ByteView, std::uint64_t, ByteView,
                                       UnixMillis) override {
    return stub();
  }
  StorageResult<std::optional<Ephemeral>> find_ephemeral(const TenantId&, ByteView,
                                                         UnixMillis) override {
    return stub();
  }
  StorageResult<void> append_audit(const std::vector<AuditEntry>&) override { return stub(); }
  StorageResult<Page<AuditEntry>> list_audit(const TenantId&, const AuditFilter&,
                                             const PageRequest&) override {
    return stub();
  }

 private:
  static StorageError stub() { return {StorageErrorCode::kUnavailable, "stub"}; }
};

}  // namespace masterkey2::testing
