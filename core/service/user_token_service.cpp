#include "service/user_token_service.hpp"

#include <utility>

#include "encoding/base64url.hpp"
#include "service/attempts.hpp"
#include "service/text_rules.hpp"

namespace masterkey2 {
namespace {

constexpr std::int64_t kMinTtl = 10;
constexpr std::int64_t kMaxTtl = 600;
constexpr std::int64_t kDefaultTtl = 300;

ApiResult<void> check(const UserTokenRequest& request) {
  if (!is_external_id(request.external_id)) return failure(ErrorCode::kInvalidExternalId);
  if (request.display_name && !is_name(*request.display_name)) {
    return invalid_request("/display_name", "at most 256 bytes without control characters");
  }
  if (request.username && !is_name(*request.username)) {
    return invalid_request("/username", "at most 256 bytes without control characters");
  }
  if (request.ttl && (*request.ttl < kMinTtl || *request.ttl > kMaxTtl)) {
    return invalid_request("/ttl", "an integer from 10 to 600");
  }
  return {};
}

/// The user as the request wants it: what is there already is not written again.
bool is_as_wanted(const UserAccount& user, const UserTokenRequest& request) {
  return (!request.display_name || user.display_name == *request.display_name) &&
         (!request.username || user.username == *request.username);
}

ApiResult<UserAccount> put_user(Services& services, const ApiKeyAccess& access,
                                const UserTokenRequest& request, const Call& call, bool is_new) {
  PutUser put;
  put.guard.tenant = access.key.tenant;
  put.guard.now = services.clock.now();
  put.guard.epoch = access.epoch;
  put.guard.api_key = access.key.id;
  put.user.handle = services.random.identifier<UserHandle>();
  put.user.external_id = request.external_id;
  put.user.display_name = request.display_name.value_or("");
  put.user.username = request.username.value_or("");
  put.user.created_at = put.guard.now;
  put.set_display_name = request.display_name.has_value();
  put.set_username = request.username.has_value();
  AuditDraft audit =
      services.audit.draft(access.key.tenant, call, put.guard.now,
                           {.type = is_new ? "user.created" : "user.renamed",
                            .user = &put.user,
                            .members = {{"api_key", base64url_encode(access.key.id.view())}}});
  put.audit = audit.entry();
  return with_attempts<UserAccount>([&]() -> Attempt<UserAccount> {
    auto result = services.storage.put_user(put);
    if (!result) {
      audit.note(result.error());
      if (result.error().code == StorageErrorCode::kConflict) return std::optional<UserAccount>{};
      return storage_failure(result.error());
    }
    audit.note(result->outcome);
    // The entry is kept only with a change, and another call may have made it first.
    if (result->outcome == Outcome::kDone && !result->created) audit.maybe_stored();
    switch (result->outcome) {
      case Outcome::kDone:
        return std::optional(std::move(result->user));
      case Outcome::kUserDisabled:
        return failure(ErrorCode::kUserDisabled);
      case Outcome::kApiKeyDead:
      case Outcome::kTenantGone:
        return failure(ErrorCode::kInvalidApiKey);
      case Outcome::kVersionChanged:
      case Outcome::kTenantChanged:
        return std::optional<UserAccount>{};
      default:
        return browser_refusal(services, result->outcome);
    }
  });
}

}  // namespace

ApiResult<IssuedToken> issue_user_token(Services& services, const ApiKeyAccess& access,
                                        const UserTokenRequest& request, const Call& call) {
  if (auto good = check(request); !good) return good.error();
  const auto view = services.storage.find_user(access.key.tenant, request.external_id, false);
  if (!view) return storage_failure(view.error());
  UserHandle handle;
  if (view->user && is_as_wanted(*view->user, request)) {
    if (!view->user->enabled) return failure(ErrorCode::kUserDisabled);
    handle = view->user->handle;
  } else {
    const auto put = put_user(services, access, request, call, !view->user);
    if (!put) return put.error();
    handle = put->handle;
  }
  const std::int64_t ttl = request.ttl.value_or(kDefaultTtl);
  const UnixMillis now = services.clock.now();
  const UserClaims claims{
      {access.key.tenant, services.random.identifier<TokenId>(), now, now + ttl * 1'000},
      handle,
      access.key.id};
  return IssuedToken{seal_claims(services, TokenKind::kUser, claims, access.epoch), ttl};
}

}  // namespace masterkey2
