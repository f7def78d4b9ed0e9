#include "service/verification_service.hpp"

#include <algorithm>
#include <utility>

#include "crypto/constant_time.hpp"
#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "service/assertion.hpp"
#include "service/attempts.hpp"
#include "service/cross_device_session.hpp"
#include "service/text_rules.hpp"

namespace masterkey2 {
namespace {

constexpr UnixMillis kIdempotencyLife = 120'000;
/// How old a sign-in may be that the session-token form finds.
constexpr UnixMillis kSessionFormWindow = 120'000;
constexpr std::size_t kMaxBinding = 256;
constexpr std::size_t kMaxIdempotencyKey = 255;

/// The token of the body, opened.
struct Subject {
  TokenEnvelope envelope;
  std::optional<Digest> binding;
  std::uint64_t epoch = 0;
  bool by_session = false;
};

ApiResult<void> check(const VerifyAuth& request) {
  if (request.nonce && (request.nonce->empty() || !is_name(*request.nonce))) {
    return invalid_request("/nonce", "1 to 256 bytes without control characters");
  }
  if (request.binding && (request.binding->empty() || request.binding->size() > kMaxBinding)) {
    return invalid_request("/binding", "1 to 256 bytes of text");
  }
  if (request.idempotency_key) {
    const std::string& key = *request.idempotency_key;
    const bool visible =
        std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (key.empty() || key.size() > kMaxIdempotencyKey || !visible) {
      return invalid_request("", "an Idempotency-Key of 1 to 255 visible ASCII characters");
    }
  }
  return {};
}

template <class Claims>
ApiResult<Subject> subject_of(const ApiResult<OpenedToken<Claims>>& opened, bool by_session) {
  if (!opened) return opened.error();
  return Subject{opened->claims.envelope, opened->claims.binding, opened->epoch, by_session};
}

ApiResult<Subject> open_subject(Services& services, std::string_view token) {
  if (token_kind(token) == TokenKind::kSession) {
    return subject_of(open_session_token(services, token), true);
  }
  return subject_of(open_auth_token(services, token), false);
}

/// Fails closed: a token without binding does not satisfy a caller that expects one.
ApiResult<void> check_binding(const Subject& subject, const std::optional<std::string>& binding) {
  if (!subject.binding && !binding) return {};
  if (!binding) return invalid_request("/binding", "what the session token was bound to");
  const Digest given = sha256(as_bytes(*binding));
  if (!subject.binding || !equal_in_constant_time(subject.binding->view(), given.view())) {
    return failure(ErrorCode::kInvalidToken, "bound to something else");
  }
  return {};
}

/// An expired auth token may still be a repetition of an earlier call.
bool is_expired(const Subject& subject, const VerifyAuth& request, UnixMillis now) {
  const bool may_repeat = !subject.by_session && request.idempotency_key;
  return now >= subject.envelope.expires_at + (may_repeat ? kIdempotencyLife : 0);
}

/// The tenant, if it takes such tokens and has a key that signs. The key is wanted before the
/// sign-in is taken, or a fault of the key ring would use it up. No refusal rests on what was read
/// a moment ago.
ApiResult<TenantPointer> signing_tenant(Services& services, const ApiKeyAccess& access,
                                        bool by_session, bool first_attempt) {
  const TenantId& id = access.key.tenant;
  const auto may_go_on = [&](const TenantSnapshot& snapshot) {
    return snapshot.signing_key && (!by_session || snapshot.settings.verify_by_session_token);
  };
  auto tenant = first_attempt ? services.tenants.at_generation(id, access.tenant_generation)
                              : services.tenants.reload(id);
  if (tenant && *tenant && !may_go_on(**tenant)) tenant = services.tenants.reload(id);
  if (!tenant) return tenant;
  if (!*tenant) return failure(ErrorCode::kInvalidApiKey, "the tenant is gone");
  if (!(*tenant)->signing_key) {
    return failure(ErrorCode::kInternal, "the key ring opens no signing key of the tenant");
  }
  if (!may_go_on(**tenant)) {
    return failure(ErrorCode::kWrongTokenType, "the tenant takes auth tokens only");
  }
  return tenant;
}

ApiError refusal(Services& services, TakeOutcome outcome) {
  switch (outcome) {
    case TakeOutcome::kAlreadyTaken:
      return failure(ErrorCode::kAlreadyVerified);
    case TakeOutcome::kAmbiguous:
      return failure(ErrorCode::kAuthAmbiguous);
    case TakeOutcome::kIdempotencyConflict:
      return failure(ErrorCode::kIdempotencyConflict);
    case TakeOutcome::kNone:
      return failure(ErrorCode::kTokenExpired, "no such sign-in any more");
    case TakeOutcome::kEpochChanged:
      static_cast<void>(services.installation.refresh());
      return failure(ErrorCode::kInvalidToken, "from before a restore");
    case TakeOutcome::kTenantGone:
    case TakeOutcome::kApiKeyDead:
      return failure(ErrorCode::kInvalidApiKey);
    case TakeOutcome::kTokenRevoked:
      return failure(ErrorCode::kTokenRevoked);
    default:
      return failure(ErrorCode::kInternal, "an outcome that is no refusal");
  }
}

/// What the audit log says of an answer that took nothing; empty for failed guards, which leave no
/// entry.
std::string_view refused_result(TakeOutcome outcome, bool by_session) {
  switch (outcome) {
    case TakeOutcome::kTakenBefore:
      return "verified_again";
    case TakeOutcome::kAlreadyTaken:
      return by_session ? "no_sign_in" : error_word(ErrorCode::kAlreadyVerified);
    case TakeOutcome::kNone:
      return by_session ? "no_sign_in" : error_word(ErrorCode::kTokenExpired);
    case TakeOutcome::kAmbiguous:
      return error_word(ErrorCode::kAuthAmbiguous);
    case TakeOutcome::kUserGone:
      return error_word(ErrorCode::kUserNotFound);
    case TakeOutcome::kUserDisabled:
      return error_word(ErrorCode::kUserDisabled);
    case TakeOutcome::kIdempotencyConflict:
      return error_word(ErrorCode::kIdempotencyConflict);
    default:
      return {};
  }
}

/// An entry about this call; `user` if it is known by now.
AuditDraft verify_audit_draft(Services& services, const ApiKeyAccess& access,
                              const Subject& subject, const Call& call, UnixMillis now,
                              std::string_view result, const UserAccount* user) {
  return services.audit.draft(access.key.tenant, call, now,
                              {.type = "sign_in.verify",
                               .user = user,
                               .members = {{"api_key", base64url_encode(access.key.id.view())},
                                           {subject.by_session ? "session_token" : "sign_in",
                                            base64url_encode(subject.envelope.id.view())},
                                           {"result", std::string(result)}}});
}

/// Nobody is told of a verdict that the log does not hold.
ApiResult<void> note_refusal(Services& services, const ApiKeyAccess& access, const Subject& subject,
                             const Call& call, UnixMillis now, const TakeResult& taken) {
  const std::string_view result = refused_result(taken.outcome, subject.by_session);
  if (result.empty()) return {};
  AuditDraft audit = verify_audit_draft(services, access, subject, call, now, result,
                                        taken.user ? &*taken.user : nullptr);
  const auto stored = services.storage.append_audit({audit.entry()});
  if (stored) {
    audit.stored();
    return {};
  }
  if (stored.error().code == StorageErrorCode::kOutcomeUnknown) audit.maybe_stored();
  return storage_failure(stored.error());
}

Attempt<Verdict> answer(Services& services, const TenantSnapshot& tenant, TakeResult& taken,
                        const TakeSignIn& take, const VerifyAuth& request,
                        const TokenId& assertion_id) {
  const bool by_session = take.session_token.has_value();
  switch (taken.outcome) {
    case TakeOutcome::kTaken:
    case TakeOutcome::kTakenBefore:
      break;
    case TakeOutcome::kUserGone:
      return std::optional(Verdict{std::nullopt, "user_not_found"});
    case TakeOutcome::kUserDisabled:
      return std::optional(Verdict{std::nullopt, "user_disabled"});
    case TakeOutcome::kTenantChanged:
      return std::optional<Verdict>{};
    case TakeOutcome::kNone:
    case TakeOutcome::kAlreadyTaken:
      if (by_session) return std::optional(Verdict{std::nullopt, "no_sign_in"});
      [[fallthrough]];
    default:
      return refusal(services, taken.outcome);
  }
  if (!taken.sign_in || !taken.user) {
    return failure(ErrorCode::kInternal, "a taken sign-in without its user");
  }
  VerifiedAuth verified{*std::move(taken.sign_in), *std::move(taken.user), {}};
  if (!tenant.settings.proof_forwarding) verified.sign_in.proof.reset();
  verified.assertion = make_assertion(
      {.tenant = tenant,
       .base_url = services.options.base_url,
       .sign_in = verified.sign_in,
       .user = verified.user,
       .id = taken.outcome == TakeOutcome::kTakenBefore ? taken.assertion_id : assertion_id,
       .nonce = request.nonce,
       .now = take.guard.now});
  return std::optional(Verdict{std::move(verified), {}});
}

}  // namespace

ApiResult<Verdict> verify_auth(Services& services, const ApiKeyAccess& access,
                               const VerifyAuth& request, const Call& call) {
  if (auto good = check(request); !good) return good.error();
  const auto subject = open_subject(services, request.token);
  if (!subject) return subject.error();
  if (subject->envelope.tenant != access.key.tenant) {
    return failure(ErrorCode::kInvalidToken, "a token of another tenant");
  }
  const UnixMillis now = services.clock.now();
  if (is_expired(*subject, request, now)) return failure(ErrorCode::kTokenExpired);
  if (auto good = check_binding(*subject, request.binding); !good) return good.error();

  const TokenId assertion_id = services.random.identifier<TokenId>();
  TakeSignIn take;
  take.guard.tenant = access.key.tenant;
  take.guard.now = now;
  take.guard.epoch = subject->epoch;
  take.guard.api_key = access.key.id;
  if (subject->by_session) {
    take.guard.session_token = subject->envelope.id;
    take.session_token = subject->envelope.id;
    take.not_before = now - kSessionFormWindow;
    // What another device signed counts from its confirmation, of which its `takeable_until` knows.
    // That ends direct ones by itself unless auth tokens live longer than the window.
    if (services.options.auth_ttl <= kSessionFormWindow) take.not_before -= kCrossDeviceLife;
  } else {
    take.sign_in = subject->envelope.id;
  }
  if (request.idempotency_key) {
    take.idempotency =
        Idempotency{sha256(as_bytes(*request.idempotency_key)), sha256(as_bytes(request.body)),
                    assertion_id, now + kIdempotencyLife};
  }
  AuditDraft audit = verify_audit_draft(services, access, *subject, call, now, "verified", nullptr);
  take.audit = audit.entry();

  bool first_attempt = true;
  return with_attempts<Verdict>([&]() -> Attempt<Verdict> {
    const auto tenant =
        signing_tenant(services, access, subject->by_session, std::exchange(first_attempt, false));
    if (!tenant) return tenant.error();
    take.guard.tenant_generation = (*tenant)->tenant.generation;
    auto taken = services.storage.take_sign_in(take);
    if (!taken) {
      audit.note(taken.error());
      if (taken.error().code == StorageErrorCode::kConflict) return std::optional<Verdict>{};
      return storage_failure(taken.error());
    }
    if (taken->outcome == TakeOutcome::kTaken) {
      audit.stored();
    } else if (auto noted = note_refusal(services, access, *subject, call, now, *taken); !noted) {
      return noted.error();
    }
    return answer(services, **tenant, *taken, take, request, assertion_id);
  });
}

}  // namespace masterkey2
