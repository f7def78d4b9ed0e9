#include "service/cross_device_computer.hpp"

#include <algorithm>
#include <utility>

#include "service/attempts.hpp"
#include "service/ceremony_checks.hpp"
#include "service/cross_device_code.hpp"
#include "service/origin_rules.hpp"
#include "service/sign_in_begin.hpp"
#include "service/sign_in_finish.hpp"

namespace masterkey2 {
namespace {

CrossDeviceName name_of(const OpenedToken<PollClaims>& token) {
  const TokenEnvelope& envelope = token.claims.envelope;
  return {envelope.tenant, envelope.id, token.claims.session_token, token.epoch,
          envelope.expires_at};
}

/// The page that began, still one of the tenant's.
ApiResult<CrossDeviceView> read_for_page(Services& services, const OpenedToken<PollClaims>& token,
                                         const Call& call) {
  if (call.origin.value_or("") != token.claims.origin) {
    return failure(ErrorCode::kOriginNotAllowed, "not the origin that began");
  }
  auto view = read_cross_device(services, name_of(token));
  if (view && !origin_is_allowed(view->tenant->settings, call.origin)) {
    return failure(ErrorCode::kOriginNotAllowed, "no longer an origin of the tenant");
  }
  return view;
}

CrossDeviceStatus status_of(const CrossDeviceName& name, const CrossDeviceView& view) {
  CrossDeviceStatus status;
  status.state = view.state;
  status.expires_in = view.expires_in(name);
  status.tries_left = view.record.tries_left;
  return status;
}

CrossDeviceStatus denied() {
  CrossDeviceStatus status;
  status.state = CrossDeviceState::kDenied;
  return status;
}

/// Who signed, as the user is now; absent if disabled or deleted since.
ApiResult<std::optional<UserAccount>> find_signer(Services& services, const CrossDeviceName& name,
                                                  const CrossDeviceView& view) {
  if (!view.record.user) return failure(ErrorCode::kInternal, "signed by nobody");
  auto found =
      services.storage.find_user(name.tenant, *view.record.user, false, name.session_token);
  if (!found) return storage_failure(found.error());
  if (auto good = check_standing(services, found->standing, name.epoch); !good) {
    return good.error();
  }
  if (found->user && !found->user->enabled) found->user.reset();
  return std::move(found->user);
}

/// From now on the sign-in can be taken; its audit entry comes with that. May be repeated.
ApiResult<void> confirm_stored(Services& services, const CrossDeviceName& name,
                               UnixMillis takeable_until, const UserAccount& user,
                               const Call& call) {
  Guard guard;
  guard.tenant = name.tenant;
  guard.now = services.clock.now();
  guard.epoch = name.epoch;
  guard.session_token = name.session_token;
  const auto done = with_attempts<Outcome>([&]() -> Attempt<Outcome> {
    AuditDraft audit = services.audit.draft(
        name.tenant, call, guard.now, cross_device_event(name, "cross_device.confirmed", &user));
    const auto outcome =
        services.storage.confirm_sign_in(guard, name.id, takeable_until, audit.entry());
    audit.note(outcome);
    if (worth_another_attempt(services, name.tenant, outcome)) return std::optional<Outcome>{};
    if (!outcome) return storage_failure(outcome.error());
    return std::optional(*outcome);
  });
  if (!done) return done.error();
  switch (*done) {
    case Outcome::kDone:
    case Outcome::kAlreadyExists:  // by an earlier call
      return {};
    case Outcome::kNotFound:
      return failure(ErrorCode::kInternal, "the sign-in is gone");
    default:
      return browser_refusal(services, *done);
  }
}

/// One try of a code in kConfirm. Absent: somebody was faster.
Attempt<CrossDeviceStatus> try_code(Services& services, const CrossDeviceName& name,
                                    const CrossDeviceView& view, std::string_view code,
                                    const Call& call) {
  const auto signer = find_signer(services, name, view);
  if (!signer) return signer.error();
  const UserAccount* user = *signer ? &**signer : nullptr;
  const bool right = code_matches(services, name.tenant, name.id, view.record.wrapped_code, code);
  const bool last = view.record.tries_left <= 1;
  if (user == nullptr || (!right && last)) {
    const auto ended = deny_cross_device(
        services, name, view, user == nullptr ? Denial::kUserDisabled : Denial::kWrongCodes, call,
        user);
    if (!ended) return ended.error();
    return *ended ? std::optional(denied()) : std::optional<CrossDeviceStatus>{};
  }
  CrossDeviceView next = view;
  if (right) {
    next.state = next.record.state = CrossDeviceState::kCompleted;
    next.record.completed_at = view.now;
    next.record.expires_at = view.now + services.options.auth_ttl;
    next.record.wrapped_code.clear();
  } else {
    --next.record.tries_left;
  }
  const auto won = put_cross_device(services, name, view, next.record);
  if (!won) return won.error();
  if (!*won) return std::optional<CrossDeviceStatus>{};
  if (right) {
    // Whoever dies before this has left kCompleted behind: status does it before it answers.
    const auto confirmed = confirm_stored(services, name, next.record.expires_at, *user, call);
    if (!confirmed) return confirmed.error();
  }
  return std::optional(status_of(name, next));
}

}  // namespace

ApiResult<BegunCrossDevice> begin_cross_device(Services& services,
                                               const OpenedToken<SessionClaims>& token,
                                               UserAgent computer, const Call& call) {
  const auto basis = read_sign_in_basis(services, token);
  if (!basis) return basis.error();
  const TenantSettings& settings = basis->tenant->settings;
  if (!origin_is_allowed(settings, call.origin)) {
    return failure(ErrorCode::kOriginNotAllowed,
                   call.origin ? "not an origin of the tenant" : "no Origin was sent");
  }
  if (settings.cross_device == "off") {
    return failure(ErrorCode::kNotFound, "the tenant has switched it off");
  }
  const TokenEnvelope& session = token.claims.envelope;
  const UnixMillis now = services.clock.now();
  QrClaims code;
  code.envelope = {session.tenant, services.random.identifier<TokenId>(), now,
                   std::min(now + kCrossDeviceLife, session.expires_at)};
  code.session = token.claims;
  code.computer = computer;
  PollClaims poll;
  poll.envelope = code.envelope;
  poll.session_token = session.id;
  poll.origin = call.origin.value_or("");
  poll.binding = token.claims.binding;

  BegunCrossDevice begun;
  begun.url =
      services.options.base_url + "/q#" + seal_claims(services, TokenKind::kQr, code, token.epoch);
  begun.poll_token = seal_claims(services, TokenKind::kPoll, poll, token.epoch);
  begun.expires_in = (code.envelope.expires_at - now) / 1'000;
  return begun;
}

ApiResult<CrossDeviceStatus> cross_device_status(Services& services,
                                                 const OpenedToken<PollClaims>& token,
                                                 const Call& call) {
  const CrossDeviceName name = name_of(token);
  const auto view = read_for_page(services, token, call);
  if (!view) return view.error();
  CrossDeviceStatus status = status_of(name, *view);
  if (view->state != CrossDeviceState::kCompleted) return status;
  auto signer = find_signer(services, name, *view);
  if (!signer) return signer.error();
  if (!*signer) return denied();
  const auto confirmed = confirm_stored(services, name, view->record.expires_at, **signer, call);
  if (!confirmed) return confirmed.error();
  status.user = std::move(signer).value();
  status.auth_token = seal_auth_token(services, name.tenant, name.id, view->record.completed_at,
                                      token.claims.binding, token.epoch);
  return status;
}

ApiResult<CrossDeviceStatus> confirm_cross_device(Services& services,
                                                  const OpenedToken<PollClaims>& token,
                                                  std::string_view code, const Call& call) {
  if (!is_code(code)) return invalid_request("/code", "six digits");
  const CrossDeviceName name = name_of(token);
  return with_attempts<CrossDeviceStatus>([&]() -> Attempt<CrossDeviceStatus> {
    const auto view = read_for_page(services, token, call);
    if (!view) return view.error();
    if (view->state != CrossDeviceState::kConfirm) {
      return std::optional(status_of(name, *view));
    }
    return try_code(services, name, *view, code, call);
  });
}

}  // namespace masterkey2
