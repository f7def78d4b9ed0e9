// Storage in a MySQL or MariaDB database.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "masterkey2/plugin.hpp"
#include "pool.hpp"

namespace masterkey2::mysql {

/// What a connection that is lost after COMMIT was sent leaves open.
enum class Unsettled {
  kAskAudit,  ///< the operation's audit entry is there, or the operation has not happened
  kRepeat,    ///< to do it twice is to do it once
  kUnknown,   ///< nobody can tell
};

/// One attempt of an operation that answers `T`.
template <class T>
struct Attempt {
  Connection& sql;
  /// The answer, while the COMMIT (or the one statement) that makes it true is on its way.
  std::optional<T> sent;
  /// The entry that this attempt, and no other, stores with it.
  const AuditEntry* witness = nullptr;
  /// `sent` rests on one statement, which may begin after its connection was lost.
  bool at_once = false;
  /// An earlier attempt may still take effect: this one counts only if it stores the entry, which
  /// one of all attempts can.
  bool in_doubt = false;
};

/// What became of the attempts of one call so far.
struct Trials {
  Clock::time_point last_start;
  bool fresh = false;  ///< the next one is to use a new connection
  int failures = 0;
  /// An attempt may have taken effect, or may do so yet.
  std::optional<StorageError> doubt;
  /// The entry that will tell, while it may yet come.
  const AuditEntry* in_doubt = nullptr;

  // Of the last attempt:
  bool reused = false;
  bool sent = false;
  const AuditEntry* witness = nullptr;
  bool at_once = false;
};

class MysqlStorage final : public Storage {
 public:
  MysqlStorage(MysqlOptions options, HostServices& host);

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
  /// Runs `work(Attempt<T>&) -> T` until it ends with an answer or the deadline: again after a
  /// conflict, and on a fresh connection after one was lost, unless it may have written by then.
  /// `mode`: the best one, not always the connection's.
  template <class T, class Work>
  StorageResult<T> run(Mode mode, Unsettled unsettled, Work&& work);
  /// `work(Connection&) -> T`: one query, without a transaction.
  template <class T, class Work>
  StorageResult<T> read(Work&& work);
  /// `work(Transaction&) -> T`, then COMMIT if `is_kept(T)` and it wrote, else ROLLBACK.
  template <class T, class Work>
  StorageResult<T> transact(Unsettled unsettled, Work&& work);
  /// True if the sign-in is committed, by one statement; false: step by step, which tells why not.
  bool commit_at_once(Attempt<Outcome>& attempt, const CommitSignIn& commit);
  enum class Next { kAgain, kStored, kGiveUp };
  enum class Fate { kStored, kNotStored, kNotSoFar };
  /// What to do after an attempt failed with `error`.
  [[nodiscard]] Next judge(const SqlError& error, Unsettled unsettled, Trials& trials);
  /// Was the entry stored, and with it all that was to be? Throws if the database does not answer.
  [[nodiscard]] static Fate fate_of(const AuditEntry& witness, Connection& connection);

  /// A connection of its own for work of operators, which takes its time; closed afterwards.
  /// kAlreadyExists or an error (thrown) if the database is not free for a new store.
  [[nodiscard]] Pool::Lease lease_at_leisure(bool any_schema);

  /// May be tried; false once the server was found not to know them.
  std::atomic<bool> compound_statements_;
  Pool pool_;
};

}  // namespace masterkey2::mysql
