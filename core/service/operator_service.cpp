#include "service/operator_service.hpp"

#include <utility>

#include "crypto/sha256.hpp"
#include "service/tenant_service.hpp"
#include "service/text_rules.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint32_t kMaxKeys = 20;
constexpr std::size_t kPrefixSize = 12;

}  // namespace

Guard OperatorSession::guard(const TenantId& tenant) const {
  Guard guard;
  guard.tenant = tenant;
  guard.now = clock_.now();
  return guard;
}

std::string OperatorSession::fault(const StorageResult<Outcome>& outcome) {
  if (!outcome) {
    const bool unknown = outcome.error().code == StorageErrorCode::kOutcomeUnknown;
    return (unknown ? "it is not known whether the change was stored, look before you repeat it: "
                    : "the change could not be stored: ") +
           outcome.error().detail;
  }
  switch (*outcome) {
    case Outcome::kDone:
      return {};
    case Outcome::kTenantGone:
      return "the tenant is gone or not enabled";
    case Outcome::kTenantChanged:
    case Outcome::kVersionChanged:
      return "somebody else has made a change meanwhile: look and repeat";
    case Outcome::kUserGone:
      return "there is no such user any more";
    case Outcome::kNotFound:
    case Outcome::kApiKeyDead:
      return "there is no such key any more";
    case Outcome::kLimitReached:
      return "the tenant has " + std::to_string(kMaxKeys) + " keys, which is the most: revoke one";
    default:
      return "the storage answered outcome " + std::to_string(static_cast<unsigned>(*outcome));
  }
}

Result<UserAccount, std::string> OperatorSession::find(const TenantId& tenant,
                                                       std::string_view external_id) {
  auto view = storage_.find_user(tenant, external_id, false);
  if (!view) return "the user could not be read: " + view.error().detail;
  if (!view->user) return "there is no user `" + std::string(external_id) + "`";
  return *std::move(view->user);
}

Result<UserAccount, std::string> OperatorSession::set_user_enabled(const TenantId& tenant,
                                                                   std::string_view external_id,
                                                                   bool enabled) {
  auto user = find(tenant, external_id);
  if (!user || user->enabled == enabled) return user;
  AuditDraft audit = audit_.draft(tenant, enabled ? "user.enabled" : "user.disabled", &*user);
  const auto outcome =
      storage_.set_user_enabled(guard(tenant), external_id, enabled, audit.entry());
  audit.note(outcome);
  if (outcome && *outcome == Outcome::kDone) audit.maybe_stored();  // another may have come first
  if (std::string text = fault(outcome); !text.empty()) return text;
  user->enabled = enabled;
  return user;
}

Result<void, std::string> OperatorSession::erase_user(const TenantId& tenant,
                                                      std::string_view external_id) {
  const auto user = find(tenant, external_id);
  if (!user) return user.error();
  AuditDraft audit = audit_.draft(tenant, "user.deleted", &*user);
  const auto outcome = storage_.erase_user(guard(tenant), external_id, audit.entry());
  audit.note(outcome);
  if (std::string text = fault(outcome); !text.empty()) return text;
  return {};
}

Result<AddedApiKey, std::string> OperatorSession::add_api_key(const TenantId& tenant,
                                                              std::string_view name,
                                                              std::uint32_t scopes) {
  if (!is_name(name)) {
    return std::string("a key's name has at most 256 bytes without control characters");
  }
  if (scopes == 0 || (scopes & ~kAllKeyScopes) != 0) return std::string("a key needs a scope");
  AddedApiKey added;
  added.text = make_api_key(random_);
  ApiKey& key = added.key;
  key.id = random_.identifier<ApiKeyId>();
  key.tenant = tenant;
  key.digest = sha256(as_bytes(added.text));
  key.prefix = added.text.substr(0, kPrefixSize);
  key.name = name;
  key.scopes = scopes;
  key.lineage = key.id;
  key.created_at = clock_.now();
  AuditDraft audit = audit_.draft(tenant, "api_key.added", nullptr, &key);
  const auto outcome = storage_.insert_api_key(guard(tenant), key, kMaxKeys, audit.entry());
  audit.note(outcome);
  if (std::string text = fault(outcome); !text.empty()) return text;
  return added;
}

Result<void, std::string> OperatorSession::revoke_api_key(const TenantId& tenant,
                                                          const ApiKey& key) {
  AuditDraft audit = audit_.draft(tenant, "api_key.revoked", nullptr, &key);
  const auto outcome = storage_.erase_api_key(guard(tenant), key.id, audit.entry());
  audit.note(outcome);
  if (std::string text = fault(outcome); !text.empty()) return text;
  return {};
}

Result<void, std::string> OperatorSession::erase_tenant(const Tenant& tenant) {
  Guard held = guard(tenant.id);
  held.tenant_generation = tenant.generation;
  AuditDraft audit = audit_.draft(tenant.id, "tenant.deleted");
  const auto outcome = storage_.erase_tenant(held, audit.entry());
  audit.note(outcome);
  if (std::string text = fault(outcome); !text.empty()) return text;
  return {};
}

Result<Tenant, std::string> OperatorSession::update_tenant(const Tenant& changed,
                                                           std::string_view type) {
  Guard held = guard(changed.id);
  held.tenant_generation = changed.generation;
  AuditDraft audit = audit_.draft(changed.id, type);
  const auto outcome = storage_.update_tenant(held, changed, audit.entry());
  audit.note(outcome);
  if (std::string text = fault(outcome); !text.empty()) return text;
  Tenant stored = changed;
  ++stored.generation;
  return stored;
}

}  // namespace masterkey2
