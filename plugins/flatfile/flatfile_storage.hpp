// Storage in one folder of this host.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "masterkey2/plugin.hpp"
#include "store.hpp"

namespace masterkey2::flatfile {

class FlatfileStorage : public Storage {
 public:
  FlatfileStorage(StoreOptions options, HostServices& host);

  StorageResult<Outcome> initialize(const Installation& installation) override;
  StorageResult<Installation> read_installation() override;
  StorageResult<Outcome> raise_epoch(std::uint64_t expected, UnixMillis now) override;
  StorageResult<void> write_heartbeat(std::uint64_t heartbeat, UnixMillis now) override;
  StorageResult<void> check() override;
  StorageResult<std::optional<UnixMillis>> storage_time() override;
  StorageResult<std::uint64_t> purge_expired(UnixMillis now, std::uint32_t limit) override;

  StorageResult<Outcome> insert_tenant(const InsertTenant& insert) override;
  StorageResult<Outcome> update_tenant(const Guard& guard, const Tenant& tenant,
                                       const AuditEntry& audit) override;
  StorageResult<Outcome> erase_tenant(const Guard& guard, const AuditEntry& audit) override;
  StorageResult<std::optional<Tenant>> find_tenant(const TenantId& id) override;
  StorageResult<Page<Tenant>> list_tenants(const PageRequest& page) override;

  StorageResult<std::optional<ApiKeyAccess>> find_api_key(const Digest& digest,
                                                          UnixMillis now) override;
  StorageResult<Outcome> insert_api_key(const Guard& guard, const ApiKey& key,
                                        std::uint32_t max_keys, const AuditEntry& audit) override;
  StorageResult<Outcome> replace_api_key(const Guard& guard, const ApiKeyId& replaced,
                                         std::uint64_t expected_version,
                                         UnixMillis replaced_expires_at, const ApiKey& key,
                                         const AuditEntry& audit) override;
  StorageResult<Outcome> erase_api_key(const Guard& guard, const ApiKeyId& id,
                                       const AuditEntry& audit) override;
  StorageResult<std::vector<ApiKey>> list_api_keys(const TenantId& tenant, UnixMillis now) override;

  StorageResult<UserView> find_user(const TenantId& tenant, std::string_view external_id,
                                    bool with_credentials) override;
  StorageResult<UserView> find_user(const TenantId& tenant, const UserHandle& handle,
                                    bool with_credentials,
                                    const std::optional<TokenId>& session_token) override;
  StorageResult<Page<UserAccount>> list_users(const TenantId& tenant,
                                              const PageRequest& page) override;
  StorageResult<PutUserResult> put_user(const PutUser& put) override;
  StorageResult<Outcome> set_user_enabled(const Guard& guard, std::string_view external_id,
                                          bool enabled, const AuditEntry& audit) override;
  StorageResult<Outcome> erase_user(const Guard& guard, std::string_view external_id,
                                    const AuditEntry& audit) override;
  StorageResult<Outcome> rename_credential(const Guard& guard, std::string_view external_id,
                                           ByteView credential_id, std::string_view name,
                                           const AuditEntry& audit) override;
  StorageResult<Outcome> erase_credential(const Guard& guard, std::string_view external_id,
                                          ByteView credential_id, const AuditEntry& audit) override;

  StorageResult<Standing> read_standing(const TenantId& tenant,
                                        const std::optional<TokenId>& session_token) override;
  StorageResult<SignInView> read_sign_in(const TenantId& tenant, ByteView credential_id,
                                         const TokenId& session_token) override;
  StorageResult<Outcome> commit_sign_in(const CommitSignIn& commit) override;
  StorageResult<Outcome> commit_registration(const CommitRegistration& commit) override;
  StorageResult<TakeResult> take_sign_in(const TakeSignIn& take) override;
  StorageResult<Outcome> confirm_sign_in(const Guard& guard, const TokenId& sign_in,
                                         UnixMillis takeable_until,
                                         const AuditEntry& audit) override;

  StorageResult<Outcome> revoke_token(const Guard& guard, const TokenId& token,
                                      UnixMillis keep_until, const AuditEntry& audit) override;
  StorageResult<Page<TokenId>> list_revocations(const PageRequest& page) override;
  StorageResult<Outcome> put_ephemeral(const Guard& guard, ByteView key,
                                       std::uint64_t expected_version, ByteView value,
                                       UnixMillis expires_at) override;
  StorageResult<std::optional<Ephemeral>> find_ephemeral(const TenantId& tenant, ByteView key,
                                                         UnixMillis now) override;

  StorageResult<void> append_audit(const std::vector<AuditEntry>& entries) override;
  StorageResult<Page<AuditEntry>> list_audit(const TenantId& tenant, const AuditFilter& filter,
                                             const PageRequest& page) override;

  StorageResult<void> export_rows(RowSink& sink) override;
  StorageResult<Outcome> import_rows(RowSource& rows) override;
  StorageResult<Migrated> migrate() override;

 private:
  /// Opened at the first use that finds one.
  [[nodiscard]] StorageResult<Store*> store();

  /// Runs `work(Store&)`; nothing is thrown on (P12).
  template <class Work>
  auto with_store(Work&& work) -> std::invoke_result_t<Work, Store&>;
  template <class Query>
  auto read(Query&& query) {
    return with_store([&](Store& store) { return store.read(query); });
  }
  template <class Decide>
  auto transact(UnixMillis now, Decide&& decide) {
    return with_store([&](Store& store) { return store.transact(now, decide); });
  }

  StoreOptions options_;
  HostServices& host_;
  std::mutex open_mutex_;
  std::unique_ptr<Store> store_;
};

template <class Work>
auto FlatfileStorage::with_store(Work&& work) -> std::invoke_result_t<Work, Store&> {
  try {
    auto opened = store();
    if (!opened) return opened.error();
    return work(**opened);
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

}  // namespace masterkey2::flatfile
