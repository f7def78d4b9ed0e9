// A storage between the services and a real one: counts calls, fails on demand, lets a test act in
// the middle of an operation.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "masterkey2/storage.hpp"

namespace masterkey2::testing {

/// Thread-safe, as far as a test does not change its hooks while calls run.
class ObservedStorage final : public Storage {
 public:
  explicit ObservedStorage(Storage& storage) : storage_(storage) {}

  /// Called before each call, with its name; what it answers is what the call fails with.
  std::function<std::optional<StorageError>(std::string_view)> hook;

  /// Stands in for the storage's own clock.
  std::function<std::optional<UnixMillis>()> clock;

  /// Changes what list_audit answers, as somebody with access to the store would.
  std::function<void(std::vector<AuditEntry>&)> edit_audit;

  [[nodiscard]] int reads() const { return count(kRead); }
  [[nodiscard]] int writes() const { return count(kWrite); }
  void reset_counts() {
    const std::lock_guard lock(mutex_);
    counts_.clear();
  }

  StorageResult<Outcome> initialize(const Installation& installation) override {
    if (auto fault = before("initialize", kWrite)) return *fault;
    return storage_.initialize(installation);
  }
  StorageResult<Installation> read_installation() override {
    if (auto fault = before("read_installation", kRead)) return *fault;
    return storage_.read_installation();
  }
  StorageResult<Outcome> raise_epoch(std::uint64_t expected, UnixMillis now) override {
    if (auto fault = before("raise_epoch", kWrite)) return *fault;
    return storage_.raise_epoch(expected, now);
  }
  StorageResult<void> write_heartbeat(std::uint64_t heartbeat, UnixMillis now) override {
    if (auto fault = before("write_heartbeat", kWrite)) return *fault;
    return storage_.write_heartbeat(heartbeat, now);
  }
  StorageResult<void> check() override {
    if (auto fault = before("check", kRead)) return *fault;
    return storage_.check();
  }
  StorageResult<std::optional<UnixMillis>> storage_time() override {
    if (auto fault = before("storage_time", kRead)) return *fault;
    if (clock) return clock();
    return storage_.storage_time();
  }
  StorageResult<std::uint64_t> purge_expired(UnixMillis now, std::uint32_t limit) override {
    if (auto fault = before("purge_expired", kWrite)) return *fault;
    return storage_.purge_expired(now, limit);
  }
  StorageResult<Outcome> insert_tenant(const InsertTenant& insert) override {
    if (auto fault = before("insert_tenant", kWrite)) return *fault;
    return storage_.insert_tenant(insert);
  }
  StorageResult<Outcome> update_tenant(const Guard& guard, const Tenant& tenant,
                                       const AuditEntry& audit) override {
    if (auto fault = before("update_tenant", kWrite)) return *fault;
    return storage_.update_tenant(guard, tenant, audit);
  }
  StorageResult<Outcome> erase_tenant(const Guard& guard, const AuditEntry& audit) override {
    if (auto fault = before("erase_tenant", kWrite)) return *fault;
    return storage_.erase_tenant(guard, audit);
  }
  StorageResult<std::optional<Tenant>> find_tenant(const TenantId& id) override {
    if (auto fault = before("find_tenant", kRead)) return *fault;
    return storage_.find_tenant(id);
  }
  StorageResult<Page<Tenant>> list_tenants(const PageRequest& page) override {
    if (auto fault = before("list_tenants", kRead)) return *fault;
    return storage_.list_tenants(page);
  }
  StorageResult<std::optional<ApiKeyAccess>> find_api_key(const Digest& digest,
                                                          UnixMillis now) override {
    if (auto fault = before("find_api_key", kRead)) return *fault;
    return storage_.find_api_key(digest, now);
  }
  StorageResult<Outcome> insert_api_key(const Guard& guard, const ApiKey& key,
                                        std::uint32_t max_keys, const AuditEntry& audit) override {
    if (auto fault = before("insert_api_key", kWrite)) return *fault;
    return storage_.insert_api_key(guard, key, max_keys, audit);
  }
  StorageResult<Outcome> replace_api_key(const Guard& guard, const ApiKeyId& replaced,
                                         std::uint64_t expected_version,
                                         UnixMillis replaced_expires_at, const ApiKey& key,
                                         const AuditEntry& audit) override {
    if (auto fault = before("replace_api_key", kWrite)) return *fault;
    return storage_.replace_api_key(guard, replaced, expected_version, replaced_expires_at, key,
                                    audit);
  }
  StorageResult<Outcome> erase_api_key(const Guard& guard, const ApiKeyId& id,
                                       const AuditEntry& audit) override {
    if (auto fault = before("erase_api_key", kWrite)) return *fault;
    return storage_.erase_api_key(guard, id, audit);
  }
  StorageResult<std::vector<ApiKey>> list_api_keys(const TenantId& tenant,
                                                   UnixMillis now) override {
    if (auto fault = before("list_api_keys", kRead)) return *fault;
    return storage_.list_api_keys(tenant, now);
  }
  StorageResult<UserView> find_user(const TenantId& tenant, std::string_view external_id,
                                    bool with_credentials) override {
    if (auto fault = before("find_user", kRead)) return *fault;
    return storage_.find_user(tenant, external_id, with_credentials);
  }
  StorageResult<UserView> find_user(const TenantId& tenant, const UserHandle& handle,
                                    bool with_credentials,
                                    const std::optional<TokenId>& session_token) override {
    if (auto fault = before("find_user", kRead)) return *fault;
    return storage_.find_user(tenant, handle, with_credentials, session_token);
  }
  StorageResult<Page<UserAccount>> list_users(const TenantId& tenant,
                                              const PageRequest& page) override {
    if (auto fault = before("list_users", kRead)) return *fault;
    return storage_.list_users(tenant, page);
  }
  StorageResult<PutUserResult> put_user(const PutUser& put) override {
    if (auto fault = before("put_user", kWrite)) return *fault;
    return storage_.put_user(put);
  }
  StorageResult<Outcome> set_user_enabled(const Guard& guard, std::string_view external_id,
                                          bool enabled, const AuditEntry& audit) override {
    if (auto fault = before("set_user_enabled", kWrite)) return *fault;
    return storage_.set_user_enabled(guard, external_id, enabled, audit);
  }
  StorageResult<Outcome> erase_user(const Guard& guard, std::string_view external_id,
                                    const AuditEntry& audit) override {
    if (auto fault = before("erase_user", kWrite)) return *fault;
    return storage_.erase_user(guard, external_id, audit);
  }
  StorageResult<Outcome> rename_credential(const Guard& guard, std::string_view external_id,
                                           ByteView credential_id, std::string_view name,
                                           const AuditEntry& audit) override {
    if (auto fault = before("rename_credential", kWrite)) return *fault;
    return storage_.rename_credential(guard, external_id, credential_id, name, audit);
  }
  StorageResult<Outcome> erase_credential(const Guard& guard, std::string_view external_id,
                                          ByteView credential_id,
                                          const AuditEntry& audit) override {
    if (auto fault = before("erase_credential", kWrite)) return *fault;
    return storage_.erase_credential(guard, external_id, credential_id, audit);
  }
  StorageResult<Standing> read_standing(const TenantId& tenant,
                                        const std::optional<TokenId>& session_token) override {
    if (auto fault = before("read_standing", kRead)) return *fault;
    return storage_.read_standing(tenant, session_token);
  }
  StorageResult<SignInView> read_sign_in(const TenantId& tenant, ByteView credential_id,
                                         const TokenId& session_token) override {
    if (auto fault = before("read_sign_in", kRead)) return *fault;
    return storage_.read_sign_in(tenant, credential_id, session_token);
  }
  StorageResult<Outcome> commit_sign_in(const CommitSignIn& commit) override {
    if (auto fault = before("commit_sign_in", kWrite)) return *fault;
    return storage_.commit_sign_in(commit);
  }
  StorageResult<Outcome> commit_registration(const CommitRegistration& commit) override {
    if (auto fault = before("commit_registration", kWrite)) return *fault;
    return storage_.commit_registration(commit);
  }
  StorageResult<TakeResult> take_sign_in(const TakeSignIn& take) override {
    if (auto fault = before("take_sign_in", kWrite)) return *fault;
    return storage_.take_sign_in(take);
  }
  StorageResult<Outcome> confirm_sign_in(const Guard& guard, const TokenId& sign_in,
                                         UnixMillis takeable_until,
                                         const AuditEntry& audit) override {
    if (auto fault = before("confirm_sign_in", kWrite)) return *fault;
    return storage_.confirm_sign_in(guard, sign_in, takeable_until, audit);
  }
  StorageResult<Outcome> revoke_token(const Guard& guard, const TokenId& token,
                                      UnixMillis keep_until, const AuditEntry& audit) override {
    if (auto fault = before("revoke_token", kWrite)) return *fault;
    return storage_.revoke_token(guard, token, keep_until, audit);
  }
  StorageResult<Page<TokenId>> list_revocations(const PageRequest& page) override {
    if (auto fault = before("list_revocations", kRead)) return *fault;
    return storage_.list_revocations(page);
  }
  StorageResult<Outcome> put_ephemeral(const Guard& guard, ByteView key,
                                       std::uint64_t expected_version, ByteView value,
                                       UnixMillis expires_at) override {
    if (auto fault = before("put_ephemeral", kWrite)) return *fault;
    return storage_.put_ephemeral(guard, key, expected_version, value, expires_at);
  }
  StorageResult<std::optional<Ephemeral>> find_ephemeral(const TenantId& tenant, ByteView key,
                                                         UnixMillis now) override {
    if (auto fault = before("find_ephemeral", kRead)) return *fault;
    return storage_.find_ephemeral(tenant, key, now);
  }
  StorageResult<void> append_audit(const std::vector<AuditEntry>& entries) override {
    if (auto fault = before("append_audit", kWrite)) return *fault;
    return storage_.append_audit(entries);
  }
  StorageResult<Page<AuditEntry>> list_audit(const TenantId& tenant, const AuditFilter& filter,
                                             const PageRequest& page) override {
    if (auto fault = before("list_audit", kRead)) return *fault;
    auto answer = storage_.list_audit(tenant, filter, page);
    if (answer && edit_audit) edit_audit(answer->items);
    return answer;
  }
  StorageResult<void> export_rows(RowSink& sink) override {
    if (auto fault = before("export_rows", kRead)) return *fault;
    return storage_.export_rows(sink);
  }
  StorageResult<Outcome> import_rows(RowSource& rows) override {
    if (auto fault = before("import_rows", kWrite)) return *fault;
    return storage_.import_rows(rows);
  }
  StorageResult<Migrated> migrate() override {
    if (auto fault = before("migrate", kWrite)) return *fault;
    return storage_.migrate();
  }

 private:
  enum Kind { kRead, kWrite };

  std::optional<StorageError> before(std::string_view name, Kind kind) {
    {
      const std::lock_guard lock(mutex_);
      ++counts_[kind];
    }
    return hook ? hook(name) : std::nullopt;
  }
  [[nodiscard]] int count(Kind kind) const {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(kind);
    return found == counts_.end() ? 0 : found->second;
  }

  Storage& storage_;
  mutable std::mutex mutex_;
  std::map<Kind, int> counts_;
};

}  // namespace masterkey2::testing
