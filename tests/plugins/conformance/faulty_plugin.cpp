// The flat file with one fault of choice: option `fault` names the promise that it breaks.
#define BOOST_DLL_USE_STD_FS
#include <array>
#include <atomic>
#include <boost/dll/alias.hpp>
#include <ctime>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "plugins/flatfile/flatfile_storage.hpp"

namespace masterkey2::testing {
namespace {

using flatfile::FlatfileStorage;

class FaultyStorage final : public FlatfileStorage {
 public:
  FaultyStorage(flatfile::StoreOptions options, HostServices& host, std::string fault)
      : FlatfileStorage(std::move(options), host), fault_(std::move(fault)) {}

  StorageResult<Outcome> commit_registration(const CommitRegistration& commit) override {
    // The audit entry stays when the rest is refused.
    if (has("P1")) static_cast<void>(append_audit({commit.audit}));
    return FlatfileStorage::commit_registration(commit);
  }

  StorageResult<Outcome> update_tenant(const Guard& guard, const Tenant& tenant,
                                       const AuditEntry& audit) override {
    if (!has("P2")) return FlatfileStorage::update_tenant(guard, tenant, audit);
    const auto now = find_tenant(guard.tenant);  // whatever the caller has read
    if (!now || !*now) return FlatfileStorage::update_tenant(guard, tenant, audit);
    Guard any = guard;
    any.tenant_generation = (*now)->generation;
    return FlatfileStorage::update_tenant(any, tenant, audit);
  }

  StorageResult<Outcome> commit_sign_in(const CommitSignIn& commit) override {
    if (has("P3")) {  // kept in memory
      const std::lock_guard lock(mutex_);
      return remembered_.insert(commit.sign_in.id).second ? Outcome::kDone : Outcome::kClaimTaken;
    }
    auto outcome = FlatfileStorage::commit_sign_in(commit);
    if (has("P5") && outcome && *outcome == Outcome::kClaimTaken) return Outcome::kDone;
    return outcome;
  }

  StorageResult<UserView> find_user(const TenantId& tenant, std::string_view external_id,
                                    bool with_credentials) override {
    if (has("P6")) {
      std::string lower(external_id);
      for (char& letter : lower) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
      }
      return FlatfileStorage::find_user(tenant, lower, with_credentials);
    }
    if (!has("P4")) return FlatfileStorage::find_user(tenant, external_id, with_credentials);
    const std::lock_guard lock(mutex_);  // what was read once is what is answered
    const auto key = std::pair(tenant, std::string(external_id));
    const auto known = seen_.find(key);
    if (known != seen_.end()) return known->second;
    auto view = FlatfileStorage::find_user(tenant, external_id, with_credentials);
    if (view && view->user) seen_.emplace(key, *view);
    return view;
  }
  StorageResult<UserView> find_user(const TenantId& tenant, const UserHandle& handle,
                                    bool with_credentials,
                                    const std::optional<TokenId>& session) override {
    return FlatfileStorage::find_user(tenant, handle, with_credentials, session);
  }

  StorageResult<PutUserResult> put_user(const PutUser& put) override {
    PutUser changed = put;
    if (has("P7")) changed.audit.tenant = put.guard.tenant;
    if (has("P9")) {  // the epoch last
      changed.guard.epoch.reset();
      auto result = FlatfileStorage::put_user(changed);
      const auto installation = read_installation();
      const bool stale = put.guard.epoch && installation && installation->epoch != *put.guard.epoch;
      if (result && result->outcome == Outcome::kDone && stale) {
        result->outcome = Outcome::kEpochChanged;
      }
      return result;
    }
    auto result = FlatfileStorage::put_user(changed);
    if (has("P13") && ++calls_ % 7 == 0) {
      return StorageError{StorageErrorCode::kUnavailable, "it has happened, though"};
    }
    return result;
  }

  StorageResult<std::optional<Ephemeral>> find_ephemeral(const TenantId& tenant, ByteView key,
                                                         UnixMillis now) override {
    if (has("P8")) now = static_cast<UnixMillis>(std::time(nullptr)) * 1000;
    return FlatfileStorage::find_ephemeral(tenant, key, now);
  }

  StorageResult<Page<UserAccount>> list_users(const TenantId& tenant,
                                              const PageRequest& page) override {
    PageRequest all = page;
    if (has("P10") && page.limit < 1000) all.limit = 1000;
    return FlatfileStorage::list_users(tenant, all);
  }

  StorageResult<std::uint64_t> purge_expired(UnixMillis now, std::uint32_t limit) override {
    return FlatfileStorage::purge_expired(has("P11") ? now + 3'600'000 : now, limit);
  }

  StorageResult<std::optional<UnixMillis>> storage_time() override {
    if (has("P12")) throw std::runtime_error("thrown by storage_time");
    return FlatfileStorage::storage_time();
  }

  StorageResult<void> export_rows(RowSink& sink) override {
    if (!has("P14")) return FlatfileStorage::export_rows(sink);
    class WithoutRevocations final : public RowSink {
     public:
      explicit WithoutRevocations(RowSink& inner) : inner_(inner) {}
      StorageResult<void> put(const StoredRow& row) override {
        return std::holds_alternative<StoredRevocation>(row) ? StorageResult<void>()
                                                             : inner_.put(row);
      }
      void damaged(std::string_view what) override { inner_.damaged(what); }

     private:
      RowSink& inner_;
    } fewer(sink);
    return FlatfileStorage::export_rows(fewer);
  }

  StorageResult<Migrated> migrate() override {
    if (has("P15")) return Migrated{1, 2};  // and does nothing
    return FlatfileStorage::migrate();
  }

 private:
  [[nodiscard]] bool has(std::string_view promise) const { return fault_ == promise; }

  std::string fault_;
  std::mutex mutex_;
  std::set<TokenId> remembered_;
  std::map<std::pair<TenantId, std::string>, UserView> seen_;
  std::atomic<int> calls_ = 0;
};

constexpr std::array<StorageOption, 2> kOptions = {{
    {"path", nullptr, "folder of the store", true, false},
    {"fault", "none", "the promise that is broken, P1 to P15", false, false},
}};

StorageResult<std::unique_ptr<Storage>> create(const StorageOptions& options, HostServices& host) {
  flatfile::StoreOptions chosen;
  chosen.path = options.find("path")->second;
  if (!chosen.path.starts_with('/') || chosen.path.find('\0') != std::string::npos) {
    return StorageError{StorageErrorCode::kInvalidOptions, "path: must be absolute"};
  }
  return std::unique_ptr<Storage>(
      std::make_unique<FaultyStorage>(std::move(chosen), host, options.find("fault")->second));
}

}  // namespace

extern const StoragePlugin kDescriptor;
const StoragePlugin kDescriptor = {
    sizeof(StoragePlugin),
    kStorageAbiVersion,
    kStorageBuildAbi,
    "faulty",
    "1",
    "MIT",
    kMultiProcess | kDurable | kLocalReads | kPortable,
    kOptions.data(),
    kOptions.size(),
    &create,
};

}  // namespace masterkey2::testing

MASTERKEY2_STORAGE_PLUGIN(masterkey2::testing::kDescriptor)
