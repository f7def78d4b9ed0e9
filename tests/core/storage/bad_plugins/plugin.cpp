// One source for all plugins that are wrong on purpose: WRONG_… says how.
#define BOOST_DLL_USE_STD_FS
#include <boost/dll/alias.hpp>
#include <cstdlib>
#include <stdexcept>

#include "stub_storage.hpp"

#ifndef WRONG_NAME
#define WRONG_NAME PLUGIN_NAME
#endif
#ifndef WRONG_ABI
#define WRONG_ABI kStorageAbiVersion
#endif
#ifndef WRONG_SIZE
#define WRONG_SIZE sizeof(StoragePlugin)
#endif
#ifndef WRONG_BUILD
#define WRONG_BUILD kStorageBuildAbi
#endif

namespace masterkey2::testing {
namespace {

/// Gives back rows that nobody asked for.
class LyingStorage final : public StubStorage {
 public:
  StorageResult<std::optional<Tenant>> find_tenant(const TenantId& id) override {
    Tenant tenant;
    tenant.id = id;
    tenant.id.bytes[0] ^= 1;
    tenant.name = "Other";
    tenant.rp_id = "other.example";
    return std::optional(tenant);
  }
  StorageResult<UserView> find_user(const TenantId&, std::string_view, bool) override {
    UserView view;
    view.user.emplace().external_id = "somebody-else";
    return view;
  }
  StorageResult<UserView> find_user(const TenantId&, const UserHandle& handle, bool,
                                    const std::optional<TokenId>&) override {
    UserView view;
    view.user.emplace().external_id = "user";
    view.user->handle = handle;
    view.user->display_name.assign(257, 'x');  // longer than its limit
    return view;
  }
  StorageResult<std::vector<ApiKey>> list_api_keys(const TenantId& tenant, UnixMillis) override {
    ApiKey key;
    key.prefix = "bvsk_1234567";
    key.tenant = tenant;
    key.tenant.bytes[0] ^= 1;
    return std::vector<ApiKey>{key};
  }
  StorageResult<SignInView> read_sign_in(const TenantId&, ByteView id, const TokenId&) override {
    SignInView view;
    view.credential.emplace().id = to_bytes(id);
    view.credential->public_key = {1};
    view.user.emplace().external_id = "user";
    view.user->handle.bytes[0] = 1;  // not the credential's
    return view;
  }
  StorageResult<Outcome> commit_sign_in(const CommitSignIn&) override {
    return static_cast<Outcome>(200);
  }
  StorageResult<TakeResult> take_sign_in(const TakeSignIn&) override {
    TakeResult taken;  // without the sign-in
    taken.outcome = TakeOutcome::kTaken;
    return taken;
  }
  StorageResult<Page<UserAccount>> list_users(const TenantId&, const PageRequest& page) override {
    Page<UserAccount> answer;
    answer.items.resize(page.limit + 1);
    for (UserAccount& user : answer.items) user.external_id = "user";
    return answer;
  }
  StorageResult<Page<AuditEntry>> list_audit(const TenantId& tenant, const AuditFilter&,
                                             const PageRequest&) override {
    Page<AuditEntry> answer;
    answer.items.emplace_back().tenant = tenant;
    answer.items[0].tenant.bytes[3] ^= 1;
    answer.items[0].type = "x";
    return answer;
  }
  StorageResult<Outcome> initialize(const Installation&) override {
    throw std::runtime_error("thrown by initialize");
  }
  StorageResult<void> check() override { throw 7; }
};

StorageResult<std::unique_ptr<Storage>> create(const StorageOptions& options, HostServices&) {
#if defined(WRONG_CALLED)
  std::abort();  // nothing of this plugin may be called
#elif defined(WRONG_THROWS)
  throw std::runtime_error("thrown by create");
#elif defined(WRONG_NULL)
  return std::unique_ptr<Storage>();
#endif
  if (options.find("colour")->second == "none") {
    return StorageError{StorageErrorCode::kInvalidOptions, "colour: none is no colour"};
  }
  return std::unique_ptr<Storage>(std::make_unique<LyingStorage>());
}

constexpr StorageOption kOptions[] = {
    {"colour", "green", "a colour", false, false},
    {"secret", nullptr, "a secret", false, true},
#ifdef WRONG_OPTION_TWICE
    {"colour", "red", "a colour again", false, false},
#endif
#ifdef WRONG_REQUIRED
    {"needed", nullptr, "what is needed", true, false},
#endif
};

}  // namespace

extern const StoragePlugin kDescriptor;
const StoragePlugin kDescriptor = {
    WRONG_SIZE, WRONG_ABI, WRONG_BUILD, WRONG_NAME,          "1",
    "MIT",      kDurable,  kOptions,    std::size(kOptions), &create,
};

}  // namespace masterkey2::testing

#ifndef WRONG_SYMBOL
MASTERKEY2_STORAGE_PLUGIN(masterkey2::testing::kDescriptor)
#endif
