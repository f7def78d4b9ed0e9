// A storage that forgets everything at its end: the smallest complete backend, to learn from and to
// start with. One mutex makes every operation a transaction (P1, P2, P4); each checks everything
// before it changes anything (P9). It claims nothing: one process, not durable, no export.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "masterkey2/limits.hpp"
#include "masterkey2/storage.hpp"

namespace example {

using namespace masterkey2;  // NOLINT(google-build-using-namespace): the contract's words

struct User {
  UserAccount account;
  std::vector<CredentialRecord> credentials;  ///< oldest first
};

struct SignInRow {
  SignIn sign_in;
  bool taken = false;
  UnixMillis session_expires_at = 0;
  UnixMillis purge_at = 0;
};

/// Who has signed in under a session token.
struct Mark {
  UserHandle user;
  bool several_users = false;
  UnixMillis keep_until = 0;
};

struct Answered {
  Idempotency request;
  TokenId sign_in;
};

struct Revocation {
  std::uint64_t order = 0;
  UnixMillis keep_until = 0;
};

/// Each tenant's rows in maps of their own: nothing leads from one to another (P7). std::string
/// compares its bytes, all 256 of them (P6).
struct TenantRows {
  Tenant tenant;
  bool rp_id_exclusive = true;
  std::map<ApiKeyId, ApiKey> keys;
  std::map<std::string, User, std::less<>> users;  ///< by external id
  std::map<TokenId, UnixMillis> claims;
  std::map<TokenId, SignInRow> sign_ins;
  std::map<TokenId, Mark> marks;
  std::map<Digest, Answered> answered;
  std::map<TokenId, Revocation> revocations;
  std::map<Bytes, Storage::Ephemeral> ephemerals;
};

class MemoryStorage final : public Storage {
 public:
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

 private:
  using AuditKey = std::tuple<TenantId, UnixMillis, TokenId, std::uint64_t>;

  /// Runs `work()` alone; kNotInitialized before there is a store. Nothing is thrown on (P12).
  template <class Work>
  auto alone(Work&& work) -> std::invoke_result_t<Work> {
    try {
      const std::lock_guard lock(mutex_);
      if (!installation_) return StorageError{StorageErrorCode::kNotInitialized, "no store yet"};
      return work();
    } catch (const std::exception& error) {
      return StorageError{StorageErrorCode::kInternal, error.what()};
    }
  }
  /// A write: `change(TenantRows&)` after the guard holds; its audit entry if it answers kDone.
  template <class Change>
  StorageResult<Outcome> write(const Guard& guard, const AuditEntry& audit, Change&& change,
                               bool disabled_too = false) {
    if (audit.tenant != guard.tenant || !is_within_limits(audit)) return invalid("audit entry");
    return alone([&]() -> StorageResult<Outcome> {
      Outcome outcome = check_guard(guard, disabled_too);
      if (outcome == Outcome::kDone) outcome = change(tenants_.at(guard.tenant));
      if (outcome == Outcome::kDone) put_audit(audit);
      return outcome;
    });
  }
  /// The same for one user: kUserGone if there is none.
  template <class Change>
  StorageResult<Outcome> write_user(const Guard& guard, std::string_view external_id,
                                    const AuditEntry& audit, Change&& change) {
    return write(guard, audit, [&](TenantRows& rows) {
      const auto found = rows.users.find(external_id);
      return found == rows.users.end() ? Outcome::kUserGone : change(rows, found);
    });
  }

  // The rest is called alone.
  [[nodiscard]] Outcome check_guard(const Guard& guard, bool disabled_too = false) const;
  [[nodiscard]] Standing standing(const TenantId& tenant,
                                  const std::optional<TokenId>& session_token) const;
  [[nodiscard]] const TenantRows* find_rows(const TenantId& tenant) const;
  [[nodiscard]] bool is_key_taken(const ApiKey& key) const;
  void put_audit(const AuditEntry& entry);
  TakeResult take(TenantRows& rows, const TakeSignIn& request);

  [[nodiscard]] static StorageError invalid(const char* what) {
    return {StorageErrorCode::kInvalidArgument, std::string(what) + ": out of its limits"};
  }
  [[nodiscard]] static bool is_valid(const PageRequest& page) {
    return page.limit >= 1 && page.limit <= kMaxPageLimit && page.after.size() <= kMaxCursorSize;
  }

  std::mutex mutex_;
  std::optional<Installation> installation_;
  std::map<TenantId, TenantRows> tenants_;
  std::map<AuditKey, AuditEntry> audit_;
  std::set<std::tuple<TenantId, TokenId, std::uint64_t>> audit_numbers_;
  std::uint64_t revocations_ = 0;
};

/// Alive at `now`?
[[nodiscard]] inline bool is_alive(const ApiKey& key, UnixMillis now) {
  return key.expires_at == 0 || now < key.expires_at;
}

/// By handle; null if there is none.
[[nodiscard]] User* find_by_handle(TenantRows& rows, const UserHandle& handle);
/// The user with this credential, and where it is; null if there is none.
[[nodiscard]] std::pair<User*, std::size_t> find_owner(TenantRows& rows, ByteView credential_id);

}  // namespace example
