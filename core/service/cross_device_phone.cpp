#include "service/cross_device_phone.hpp"

#include <algorithm>
#include <utility>

#include "service/attempts.hpp"
#include "service/ceremony_checks.hpp"
#include "service/credential_options.hpp"
#include "service/cross_device_code.hpp"
#include "service/origin_rules.hpp"
#include "service/sign_in_begin.hpp"
#include "service/sign_in_finish.hpp"

namespace masterkey2 {
namespace {

CrossDeviceName name_of(const OpenedToken<QrClaims>& code) {
  const TokenEnvelope& envelope = code.claims.envelope;
  return {envelope.tenant, envelope.id, code.claims.session.envelope.id, code.epoch,
          envelope.expires_at};
}

CrossDeviceName name_of(const OpenedToken<PhoneClaims>& token) {
  const CeremonyClaims& ceremony = token.claims.ceremony;
  return {ceremony.envelope.tenant, ceremony.envelope.id, ceremony.token, token.epoch,
          ceremony.envelope.expires_at};
}

ApiResult<void> check_origin(Services& services, const Call& call) {
  if (call.origin == origin_of_url(services.options.base_url)) return {};
  return failure(ErrorCode::kOriginNotAllowed,
                 call.origin ? "not the phone's page" : "no Origin was sent");
}

ApiError over(std::string detail) {
  return failure(ErrorCode::kCrossDeviceExpired, std::move(detail));
}

/// The page's session token, as the code carries it.
OpenedToken<SessionClaims> session_of(const OpenedToken<QrClaims>& code) {
  return {code.claims.session, code.epoch};
}

/// What show and claim rest on.
ApiResult<SignInBasis> read_for_phone(Services& services, const OpenedToken<QrClaims>& code,
                                      const Call& call) {
  if (auto good = check_origin(services, call); !good) return good.error();
  if (services.clock.now() >= code.claims.envelope.expires_at) return over("not claimed in time");
  auto basis = read_sign_in_basis(services, session_of(code));
  if (basis && basis->tenant->settings.cross_device == "off") {
    return over("the tenant has switched it off");
  }
  return basis;
}

/// Each claim or early denial stores a row: only so many from one address, and for one tenant.
ApiResult<void> within_claim_limits(Services& services, const TenantId& tenant, const Call& call) {
  if (auto good = within_limit(services, LimitKind::kClaimAddress, address_subject(call.address));
      !good) {
    return good;
  }
  return within_limit(services, LimitKind::kClaimTenant, tenant.view());
}

/// Someone else has claimed the code: it ends for both.
ApiError refuse_second_claim(Services& services, const CrossDeviceName& name, const Call& call) {
  const auto ended = with_attempts<bool>([&]() -> Attempt<bool> {
    const auto view = read_cross_device(services, name);
    if (!view) return view.error();
    if (view->state != CrossDeviceState::kScanned && view->state != CrossDeviceState::kConfirm) {
      return std::optional(true);
    }
    const auto done = deny_cross_device(services, name, *view, Denial::kSecondScan, call);
    if (!done) return done.error();
    return *done ? std::optional(true) : std::optional<bool>{};
  });
  return ended ? failure(ErrorCode::kCrossDeviceClaimed) : ended.error();
}

CeremonyClaims make_claimed_ceremony(Services& services, const OpenedToken<QrClaims>& code,
                                     const TenantSnapshot& tenant, const Call& call) {
  const SessionClaims& session = code.claims.session;
  CeremonyClaims ceremony = make_ceremony(services, tenant, session.envelope,
                                          CeremonyPurpose::kAuthentication, *call.origin);
  ceremony.channel = Channel::kCrossDevice;
  ceremony.envelope.id = code.claims.envelope.id;
  ceremony.envelope.expires_at =
      std::min(ceremony.envelope.issued_at + kCrossDeviceLife, session.envelope.expires_at);
  ceremony.policy.allow_cross_origin = false;  // nobody frames the phone's page
  apply_session(session, ceremony);
  return ceremony;
}

/// One write: the record that makes the claim the first. Absent: the tenant has changed meanwhile.
Attempt<ClaimedCrossDevice> try_claim(Services& services, const OpenedToken<QrClaims>& code,
                                      const Call& call) {
  const auto basis = read_for_phone(services, code, call);
  if (!basis) return basis.error();
  PhoneClaims phone;
  phone.ceremony = make_claimed_ceremony(services, code, *basis->tenant, call);
  phone.session_expires_at = code.claims.session.envelope.expires_at;
  const UnixMillis now = phone.ceremony.envelope.issued_at;

  const CrossDeviceName name = name_of(code);
  CrossDeviceView unclaimed;
  unclaimed.tenant = basis->tenant;
  unclaimed.now = now;
  CrossDeviceRecord record;
  record.expires_at = phone.ceremony.envelope.expires_at;
  const auto first = put_cross_device(services, name, unclaimed, record);
  if (!first) return first.error();
  if (!*first) {
    const auto view = read_cross_device(services, name);
    if (!view) return view.error();
    if (view->version == 0) return std::optional<ClaimedCrossDevice>{};
    return refuse_second_claim(services, name, call);
  }
  ClaimedCrossDevice claimed;
  claimed.phone_token = seal_claims(services, TokenKind::kPoll, phone, code.epoch);
  claimed.public_key = request_options(*basis->tenant, basis->allowed, phone.ceremony);
  claimed.expires_in = (record.expires_at - now) / 1'000;
  return std::optional(std::move(claimed));
}

/// Why a phone that holds a token cannot go on; absent: it can.
std::optional<ApiError> obstacle(const CrossDeviceView& view) {
  switch (view.state) {
    case CrossDeviceState::kScanned:
      return std::nullopt;
    case CrossDeviceState::kConfirm:
    case CrossDeviceState::kCompleted:
      return failure(ErrorCode::kCeremonyUsed);
    case CrossDeviceState::kDenied:
      if (view.record.denial == Denial::kSecondScan) {
        return failure(ErrorCode::kCrossDeviceClaimed, "ended by a second claim");
      }
      return over("denied");
    default:
      return over("");
  }
}

/// The state after the phone's no.
ApiResult<CrossDeviceState> deny(Services& services, const CrossDeviceName& name,
                                 const Call& call) {
  if (auto good = check_origin(services, call); !good) return good.error();
  bool counted = false;
  return with_attempts<CrossDeviceState>([&]() -> Attempt<CrossDeviceState> {
    const auto view = read_cross_device(services, name);
    if (!view) return view.error();
    if (view->state == CrossDeviceState::kExpired) return over("");
    if (view->state == CrossDeviceState::kDenied || view->state == CrossDeviceState::kCompleted) {
      return std::optional(view->state);
    }
    if (view->version == 0 && !std::exchange(counted, true)) {
      auto good = within_claim_limits(services, name.tenant, call);
      if (!good) return good.error();
    }
    const auto done = deny_cross_device(services, name, *view, Denial::kPhone, call);
    if (!done) return done.error();
    return *done ? std::optional(CrossDeviceState::kDenied) : std::optional<CrossDeviceState>{};
  });
}

}  // namespace

ApiResult<ShownCrossDevice> show_cross_device(Services& services, const OpenedToken<QrClaims>& code,
                                              const Call& call) {
  const auto basis = read_for_phone(services, code, call);
  if (!basis) return basis.error();
  const TokenEnvelope& envelope = code.claims.envelope;
  const UnixMillis now = services.clock.now();
  ShownCrossDevice shown;
  shown.name = basis->tenant->settings.rp_name;
  shown.rp_id = basis->tenant->tenant.rp_id;
  shown.computer = code.claims.computer;
  shown.age = std::max<UnixMillis>(now - envelope.issued_at, 0) / 1'000;
  shown.expires_in = std::max<UnixMillis>(envelope.expires_at - now, 0) / 1'000;
  return shown;
}

ApiResult<ClaimedCrossDevice> claim_cross_device(Services& services,
                                                 const OpenedToken<QrClaims>& code,
                                                 const Call& call) {
  if (auto good = check_origin(services, call); !good) return good.error();
  if (auto good = within_claim_limits(services, code.claims.envelope.tenant, call); !good) {
    return good.error();
  }
  return with_attempts<ClaimedCrossDevice>([&] { return try_claim(services, code, call); });
}

ApiResult<SignedCrossDevice> finish_cross_device(Services& services,
                                                 const OpenedToken<PhoneClaims>& token,
                                                 const Json& credential, const Call& call) {
  if (auto good = check_origin(services, call); !good) return good.error();
  const CeremonyClaims& ceremony = token.claims.ceremony;
  if (services.clock.now() >= ceremony.envelope.expires_at) return over("not signed in time");
  const auto response = webauthn::parse_authentication_response(credential);
  if (!response) return verification_failure(response.error());
  const CrossDeviceName name = name_of(token);
  auto view = read_cross_device(services, name);
  if (!view) return view.error();
  if (auto no = obstacle(*view)) return *std::move(no);

  TokenEnvelope session = ceremony.envelope;
  session.id = ceremony.token;
  session.expires_at = token.claims.session_expires_at;
  const auto finished = finish_sign_in(
      services,
      {.session = session, .epoch = token.epoch, .ceremony = ceremony, .response = *response},
      call);
  if (!finished) {
    if (finished.error().code == ErrorCode::kUserDisabled) {
      static_cast<void>(deny_cross_device(services, name, *view, Denial::kUserDisabled, call));
    }
    return finished.error();
  }
  const std::string code = make_code(services.random);
  return with_attempts<SignedCrossDevice>([&]() -> Attempt<SignedCrossDevice> {
    view = read_cross_device(services, name);
    if (!view) return view.error();
    if (auto no = obstacle(*view)) return *std::move(no);
    CrossDeviceView next = *view;
    next.state = next.record.state = CrossDeviceState::kConfirm;
    next.record.user = finished->user.handle;
    next.record.wrapped_code = wrap_code(services, name.tenant, name.id, code);
    const auto won = put_cross_device(services, name, *view, next.record);
    if (!won) return won.error();
    if (!*won) return std::optional<SignedCrossDevice>{};
    return std::optional(
        SignedCrossDevice{code, view->tenant->tenant.rp_id, next.expires_in(name)});
  });
}

ApiResult<CrossDeviceState> deny_cross_device(Services& services, const OpenedToken<QrClaims>& code,
                                              const Call& call) {
  return deny(services, name_of(code), call);
}

ApiResult<CrossDeviceState> deny_cross_device(Services& services,
                                              const OpenedToken<PhoneClaims>& token,
                                              const Call& call) {
  return deny(services, name_of(token), call);
}

}  // namespace masterkey2
