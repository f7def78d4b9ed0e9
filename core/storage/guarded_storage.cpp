#include "storage/guarded_storage.hpp"

#include <exception>
#include <type_traits>
#include <utility>

#include "storage/row_checks.hpp"
#include "storage/row_verifier.hpp"

namespace masterkey2 {
namespace {

constexpr auto kAnything = [](const auto&) { return true; };
constexpr auto kKnownOutcome = [](Outcome outcome) { return is_known(outcome); };

/// Lets nothing pass that would break a store: a plugin may rely on it.
class VerifiedSource final : public RowSource {
 public:
  explicit VerifiedSource(RowSource& inner) : inner_(inner) {}

  StorageResult<bool> next(StoredRow& row) override {
    auto more = inner_.next(row);
    if (!more) return more;
    const auto found = *more ? verifier_.look_at(row) : verifier_.finish();
    if (found.empty()) return more;
    return StorageError{StorageErrorCode::kInvalidArgument, found.front()};
  }

 private:
  RowSource& inner_;
  RowVerifier verifier_;
};

class GuardedStorage final : public Storage {
 public:
  GuardedStorage(std::unique_ptr<Storage> inner, std::string plugin_name, HostServices& host,
                 StorageMeter* meter)
      : inner_(std::move(inner)),
        plugin_name_(std::move(plugin_name)),
        host_(host),
        meter_(meter) {}

  StorageResult<Outcome> initialize(const Installation& installation) override {
    return call("initialize", kKnownOutcome, [&] { return inner_->initialize(installation); });
  }
  StorageResult<Installation> read_installation() override {
    return call("read_installation", kAnything, [&] { return inner_->read_installation(); });
  }
  StorageResult<Outcome> raise_epoch(std::uint64_t expected, UnixMillis now) override {
    return call("raise_epoch", kKnownOutcome, [&] { return inner_->raise_epoch(expected, now); });
  }
  StorageResult<void> write_heartbeat(std::uint64_t heartbeat, UnixMillis now) override {
    return call("write_heartbeat", [&] { return inner_->write_heartbeat(heartbeat, now); });
  }
  StorageResult<void> check() override {
    return call("check", [&] { return inner_->check(); });
  }
  StorageResult<std::optional<UnixMillis>> storage_time() override {
    return call("storage_time", kAnything, [&] { return inner_->storage_time(); });
  }
  StorageResult<std::uint64_t> purge_expired(UnixMillis now, std::uint32_t limit) override {
    return call("purge_expired", kAnything, [&] { return inner_->purge_expired(now, limit); });
  }

  StorageResult<Outcome> insert_tenant(const InsertTenant& insert) override {
    return call("insert_tenant", kKnownOutcome, [&] { return inner_->insert_tenant(insert); });
  }
  StorageResult<Outcome> update_tenant(const Guard& guard, const Tenant& tenant,
                                       const AuditEntry& audit) override {
    return call("update_tenant", kKnownOutcome,
                [&] { return inner_->update_tenant(guard, tenant, audit); });
  }
  StorageResult<Outcome> erase_tenant(const Guard& guard, const AuditEntry& audit) override {
    return call("erase_tenant", kKnownOutcome, [&] { return inner_->erase_tenant(guard, audit); });
  }
  StorageResult<std::optional<Tenant>> find_tenant(const TenantId& id) override {
    const auto sound = [&](const std::optional<Tenant>& tenant) {
      return !tenant || (tenant->id == id && is_within_limits(*tenant));
    };
    return call("find_tenant", sound, [&] { return inner_->find_tenant(id); });
  }
  StorageResult<Page<Tenant>> list_tenants(const PageRequest& page) override {
    const auto sound = [&](const Page<Tenant>& answer) {
      return is_sound(answer, page, [](const Tenant& tenant) { return is_within_limits(tenant); });
    };
    return call("list_tenants", sound, [&] { return inner_->list_tenants(page); });
  }

  StorageResult<std::optional<ApiKeyAccess>> find_api_key(const Digest& digest,
                                                          UnixMillis now) override {
    const auto sound = [&](const std::optional<ApiKeyAccess>& access) {
      return !access || is_sound(*access, digest);
    };
    return call("find_api_key", sound, [&] { return inner_->find_api_key(digest, now); });
  }
  StorageResult<Outcome> insert_api_key(const Guard& guard, const ApiKey& key,
                                        std::uint32_t max_keys, const AuditEntry& audit) override {
    return call("insert_api_key", kKnownOutcome,
                [&] { return inner_->insert_api_key(guard, key, max_keys, audit); });
  }
  StorageResult<Outcome> replace_api_key(const Guard& guard, const ApiKeyId& replaced,
                                         std::uint64_t expected_version,
                                         UnixMillis replaced_expires_at, const ApiKey& key,
                                         const AuditEntry& audit) override {
    return call("replace_api_key", kKnownOutcome, [&] {
      return inner_->replace_api_key(guard, replaced, expected_version, replaced_expires_at, key,
                                     audit);
    });
  }
  StorageResult<Outcome> erase_api_key(const Guard& guard, const ApiKeyId& id,
                                       const AuditEntry& audit) override {
    return call("erase_api_key", kKnownOutcome,
                [&] { return inner_->erase_api_key(guard, id, audit); });
  }
  StorageResult<std::vector<ApiKey>> list_api_keys(const TenantId& tenant,
                                                   UnixMillis now) override {
    const auto sound = [&](const std::vector<ApiKey>& keys) {
      return keys.size() <= kMaxApiKeysPerTenant &&
             std::ranges::all_of(keys, [&](const ApiKey& key) {
               return key.tenant == tenant && is_within_limits(key);
             });
    };
    return call("list_api_keys", sound, [&] { return inner_->list_api_keys(tenant, now); });
  }

  StorageResult<UserView> find_user(const TenantId& tenant, std::string_view external_id,
                                    bool with_credentials) override {
    const auto sound = [&](const UserView& view) {
      return is_sound(view) && (!view.user || view.user->external_id == external_id);
    };
    return call("find_user", sound,
                [&] { return inner_->find_user(tenant, external_id, with_credentials); });
  }
  StorageResult<UserView> find_user(const TenantId& tenant, const UserHandle& handle,
                                    bool with_credentials,
                                    const std::optional<TokenId>& session_token) override {
    const auto sound = [&](const UserView& view) {
      return is_sound(view) && (!view.user || view.user->handle == handle);
    };
    return call("find_user", sound,
                [&] { return inner_->find_user(tenant, handle, with_credentials, session_token); });
  }
  StorageResult<Page<UserAccount>> list_users(const TenantId& tenant,
                                              const PageRequest& page) override {
    const auto sound = [&](const Page<UserAccount>& answer) {
      return is_sound(answer, page, [](const UserAccount& user) { return is_within_limits(user); });
    };
    return call("list_users", sound, [&] { return inner_->list_users(tenant, page); });
  }
  StorageResult<PutUserResult> put_user(const PutUser& put) override {
    const auto sound = [&](const PutUserResult& result) { return is_sound(result, put); };
    return call("put_user", sound, [&] { return inner_->put_user(put); });
  }
  StorageResult<Outcome> set_user_enabled(const Guard& guard, std::string_view external_id,
                                          bool enabled, const AuditEntry& audit) override {
    return call("set_user_enabled", kKnownOutcome,
                [&] { return inner_->set_user_enabled(guard, external_id, enabled, audit); });
  }
  StorageResult<Outcome> erase_user(const Guard& guard, std::string_view external_id,
                                    const AuditEntry& audit) override {
    return call("erase_user", kKnownOutcome,
                [&] { return inner_->erase_user(guard, external_id, audit); });
  }
  StorageResult<Outcome> rename_credential(const Guard& guard, std::string_view external_id,
                                           ByteView credential_id, std::string_view name,
                                           const AuditEntry& audit) override {
    return call("rename_credential", kKnownOutcome, [&] {
      return inner_->rename_credential(guard, external_id, credential_id, name, audit);
    });
  }
  StorageResult<Outcome> erase_credential(const Guard& guard, std::string_view external_id,
                                          ByteView credential_id,
                                          const AuditEntry& audit) override {
    return call("erase_credential", kKnownOutcome,
                [&] { return inner_->erase_credential(guard, external_id, credential_id, audit); });
  }

  StorageResult<Standing> read_standing(const TenantId& tenant,
                                        const std::optional<TokenId>& session_token) override {
    return call("read_standing", kAnything,
                [&] { return inner_->read_standing(tenant, session_token); });
  }
  StorageResult<SignInView> read_sign_in(const TenantId& tenant, ByteView credential_id,
                                         const TokenId& session_token) override {
    const auto sound = [&](const SignInView& view) { return is_sound(view, credential_id); };
    return call("read_sign_in", sound,
                [&] { return inner_->read_sign_in(tenant, credential_id, session_token); });
  }
  StorageResult<Outcome> commit_sign_in(const CommitSignIn& commit) override {
    return call("commit_sign_in", kKnownOutcome, [&] { return inner_->commit_sign_in(commit); });
  }
  StorageResult<Outcome> commit_registration(const CommitRegistration& commit) override {
    return call("commit_registration", kKnownOutcome,
                [&] { return inner_->commit_registration(commit); });
  }
  StorageResult<TakeResult> take_sign_in(const TakeSignIn& take) override {
    const auto sound = [&](const TakeResult& result) { return is_sound(result, take); };
    return call("take_sign_in", sound, [&] { return inner_->take_sign_in(take); });
  }
  StorageResult<Outcome> confirm_sign_in(const Guard& guard, const TokenId& sign_in,
                                         UnixMillis takeable_until,
                                         const AuditEntry& audit) override {
    return call("confirm_sign_in", kKnownOutcome,
                [&] { return inner_->confirm_sign_in(guard, sign_in, takeable_until, audit); });
  }

  StorageResult<Outcome> revoke_token(const Guard& guard, const TokenId& token,
                                      UnixMillis keep_until, const AuditEntry& audit) override {
    return call("revoke_token", kKnownOutcome,
                [&] { return inner_->revoke_token(guard, token, keep_until, audit); });
  }
  StorageResult<Page<TokenId>> list_revocations(const PageRequest& page) override {
    const auto sound = [&](const Page<TokenId>& answer) {
      return is_sound(answer, page, kAnything);
    };
    return call("list_revocations", sound, [&] { return inner_->list_revocations(page); });
  }
  StorageResult<Outcome> put_ephemeral(const Guard& guard, ByteView key,
                                       std::uint64_t expected_version, ByteView value,
                                       UnixMillis expires_at) override {
    return call("put_ephemeral", kKnownOutcome, [&] {
      return inner_->put_ephemeral(guard, key, expected_version, value, expires_at);
    });
  }
  StorageResult<std::optional<Ephemeral>> find_ephemeral(const TenantId& tenant, ByteView key,
                                                         UnixMillis now) override {
    const auto sound = [&](const std::optional<Ephemeral>& found) {
      return !found || (found->value.size() <= kMaxEphemeralValueSize && found->version > 0 &&
                        now < found->expires_at);
    };
    return call("find_ephemeral", sound, [&] { return inner_->find_ephemeral(tenant, key, now); });
  }

  StorageResult<void> append_audit(const std::vector<AuditEntry>& entries) override {
    return call("append_audit", [&] { return inner_->append_audit(entries); });
  }
  StorageResult<Page<AuditEntry>> list_audit(const TenantId& tenant, const AuditFilter& filter,
                                             const PageRequest& page) override {
    const auto sound = [&](const Page<AuditEntry>& answer) {
      return is_sound(answer, page,
                      [&](const AuditEntry& entry) { return is_sound(entry, tenant, filter); });
    };
    return call("list_audit", sound, [&] { return inner_->list_audit(tenant, filter, page); });
  }

  StorageResult<void> export_rows(RowSink& sink) override {
    return call("export_rows", [&] { return inner_->export_rows(sink); });
  }
  StorageResult<Outcome> import_rows(RowSource& rows) override {
    VerifiedSource verified(rows);
    return call("import_rows", kKnownOutcome, [&] { return inner_->import_rows(verified); });
  }
  StorageResult<Migrated> migrate() override {
    const auto sound = [](const Migrated& migrated) { return migrated.from <= migrated.to; };
    return call("migrate", sound, [&] { return inner_->migrate(); });
  }

 private:
  [[nodiscard]] StorageError refuse(StorageErrorCode code, const char* operation,
                                    const std::string& why) {
    StorageError error{code, "storage plugin " + plugin_name_ + ": " + operation + " " + why};
    host_.log(PluginLogLevel::kError, error.detail);
    return error;
  }

  /// Runs `fenced()`, which does not throw, under the eye of the meter.
  template <class Fenced>
  auto measured(const char* operation, Fenced&& fenced) -> std::invoke_result_t<Fenced> {
    if (meter_ == nullptr) return fenced();
    const auto call = meter_->begin();
    if (!call) {
      return StorageError{StorageErrorCode::kUnavailable,
                          "too many calls are waiting for storage plugin " + plugin_name_};
    }
    auto result = fenced();
    meter_->end(*call, operation, result ? std::nullopt : std::optional(result.error().code));
    return result;
  }

  template <class Sound, class Work>
  auto call(const char* operation, Sound&& sound, Work&& work) -> std::invoke_result_t<Work> {
    return measured(operation, [&] { return fenced(operation, sound, work); });
  }
  template <class Work>
  StorageResult<void> call(const char* operation, Work&& work) {
    return measured(operation, [&] { return fenced(operation, work); });
  }

  /// `work()` answers a StorageResult; its value must pass `sound`.
  template <class Sound, class Work>
  auto fenced(const char* operation, Sound&& sound, Work&& work) -> std::invoke_result_t<Work> {
    try {
      auto result = work();
      if (result && !sound(*result)) {
        return refuse(StorageErrorCode::kCorrupt, operation,
                      "returned what was not asked for, or a field out of its limits");
      }
      return result;
    } catch (const std::exception& error) {
      return refuse(StorageErrorCode::kInternal, operation, std::string("threw: ") + error.what());
    } catch (...) {
      return refuse(StorageErrorCode::kInternal, operation, "threw");
    }
  }
  template <class Work>
  StorageResult<void> fenced(const char* operation, Work&& work) {
    try {
      return work();
    } catch (const std::exception& error) {
      return refuse(StorageErrorCode::kInternal, operation, std::string("threw: ") + error.what());
    } catch (...) {
      return refuse(StorageErrorCode::kInternal, operation, "threw");
    }
  }

  std::unique_ptr<Storage> inner_;
  std::string plugin_name_;
  HostServices& host_;
  StorageMeter* const meter_;
};

}  // namespace

std::unique_ptr<Storage> make_guarded_storage(std::unique_ptr<Storage> inner,
                                              std::string plugin_name, HostServices& host,
                                              StorageMeter* meter) {
  return std::make_unique<GuardedStorage>(std::move(inner), std::move(plugin_name), host, meter);
}

}  // namespace masterkey2
