#include "service/sign_in_finish.hpp"

#include <algorithm>
#include <utility>

#include "encoding/base64url.hpp"
#include "service/attempts.hpp"
#include "service/ceremony_checks.hpp"
#include "service/failure.hpp"

namespace masterkey2 {
namespace {

/// `last_used_at` may lag by this much: parallel sign-ins with one passkey need not fight over it.
constexpr UnixMillis kLastUsedPrecision = 1'000;
/// A verify-auth with an Idempotency-Key may be repeated for this long.
constexpr UnixMillis kIdempotencyLife = 120'000;

/// What the record becomes, if anything changes.
std::optional<CredentialUpdate> credential_update(const CredentialRecord& record,
                                                  const webauthn::AuthenticationResult& result,
                                                  UnixMillis now) {
  CredentialUpdate update;
  update.expected_version = record.version;
  update.sign_count = std::max(record.sign_count, result.sign_count);
  update.backup_state = result.backup_state;
  // Raising it here would need a further factor (L3 §7.2 step 24.3).
  update.uv_initialized = record.uv_initialized;
  update.counter_suspect = record.counter_suspect || result.counter_regressed;
  update.last_used_at = std::max(record.last_used_at, now);
  const bool changed = update.sign_count != record.sign_count ||
                       update.backup_state != record.backup_state ||
                       update.counter_suspect != record.counter_suspect ||
                       update.last_used_at - record.last_used_at >= kLastUsedPrecision;
  if (!changed) return std::nullopt;
  return update;
}

/// One finish: what came in, checked as far as that goes without storage.
class Finish {
 public:
  Finish(Services& services, const SigningIn& signing_in, const Call& call)
      : services_(services),
        session_(signing_in.session),
        epoch_(signing_in.epoch),
        ceremony_(signing_in.ceremony),
        response_(signing_in.response),
        call_(call) {}

  Attempt<FinishedSignIn> attempt() {
    const TokenEnvelope& envelope = session_;
    auto view = services_.storage.read_sign_in(envelope.tenant, response_.id, envelope.id);
    if (!view) return storage_failure(view.error());
    if (auto good = check_standing(services_, view->standing, epoch_); !good) {
      return good.error();
    }
    auto tenant =
        services_.tenants.at_generation(envelope.tenant, view->standing.tenant_generation);
    if (!tenant) return tenant.error();
    if (!*tenant) return failure(ErrorCode::kInvalidToken, "the tenant is gone");
    tenant_ = std::move(tenant).value();
    if (!direct() && tenant_->settings.cross_device == "off") {
      return failure(ErrorCode::kCrossDeviceExpired, "the tenant has switched it off");
    }
    origins_ = expected_origins(tenant_->settings, ceremony_);
    if (auto good = check_finish_origin(tenant_->settings, ceremony_, call_); !good) {
      return good.error();
    }
    const bool known = view->credential && view->user &&
                       view->credential->user == view->user->handle &&
                       (!ceremony_.user || *ceremony_.user == view->user->handle);
    if (!known) return refuse_unknown();

    const auto result = verify(*view->credential);
    if (!result) return verification_failure(result.error());
    if (!view->user->enabled) return refuse_disabled(*view->user);
    return commit(*view, *result);
  }

 private:
  [[nodiscard]] bool direct() const { return ceremony_.channel == Channel::kDirect; }

  [[nodiscard]] webauthn::AuthenticationExpectations expectations(
      const webauthn::CeremonyPolicy& policy, const webauthn::StoredCredential& stored) const {
    return {.challenge = ceremony_.challenge,
            .rp_id = tenant_->tenant.rp_id,
            .origins = origins_,
            .policy = policy,
            // A named user's passkeys were compared by owner already.
            .allow_credentials = {},
            .user_named = ceremony_.user.has_value(),
            .credential = stored};
  }

  [[nodiscard]] webauthn::CeremonyPolicy policy() const {
    webauthn::CeremonyPolicy policy = ceremony_.policy;
    policy.top_origins = tenant_->settings.top_origins;
    return policy;
  }

  [[nodiscard]] webauthn::Verified<webauthn::AuthenticationResult> verify(
      const CredentialRecord& record) const {
    const webauthn::CeremonyPolicy demanded = policy();
    const webauthn::StoredCredential stored{.public_key = record.public_key,
                                            .sign_count = record.sign_count,
                                            .backup_eligible = record.backup_eligible,
                                            .user_handle = record.user.view()};
    return webauthn::verify_authentication(response_, expectations(demanded, stored));
  }

  [[nodiscard]] ApiError refuse_unknown() const {
    const webauthn::CeremonyPolicy demanded = policy();
    const webauthn::StoredCredential nothing{};
    const auto good =
        webauthn::verify_unknown_credential(response_, expectations(demanded, nothing));
    if (!good) return verification_failure(good.error());
    ApiError error = failure(ErrorCode::kCredentialNotFound);
    if (may_signal_unknown(services_, *tenant_, ceremony_)) {
      error.unknown_credential = base64url_encode(response_.id);
    }
    return error;
  }

  [[nodiscard]] ApiError refuse_disabled(const UserAccount& user) const {
    AuditDraft audit = services_.audit.draft(
        session_.tenant, call_, services_.clock.now(),
        {.type = "sign_in.refused", .user = &user, .members = {{"code", "user_disabled"}}});
    audit.stored();
    const auto stored = services_.storage.append_audit({audit.entry()});
    if (!stored) return storage_failure(stored.error());
    return failure(ErrorCode::kUserDisabled);
  }

  [[nodiscard]] SignIn make_sign_in(const SignInView& view,
                                    const webauthn::AuthenticationResult& result,
                                    UnixMillis now) const {
    SignIn sign_in;
    sign_in.id = ceremony_.envelope.id;
    sign_in.session_token = session_.id;
    sign_in.user = view.user->handle;
    sign_in.credential_id = view.credential->id;
    sign_in.at = now;
    // Another device's counts from its confirmation, which may come as late as the session ends.
    const UnixMillis confirmed_by = direct() ? now : ceremony_.envelope.expires_at;
    sign_in.takeable_until = confirmed_by + services_.options.auth_ttl;
    sign_in.keep_until =
        std::max(ceremony_.envelope.expires_at, sign_in.takeable_until + kIdempotencyLife) +
        kClaimMargin;
    sign_in.channel = ceremony_.channel;
    sign_in.confirmed = direct();
    sign_in.flags = result.flags;
    sign_in.sign_count = result.sign_count;
    sign_in.counter_suspect = view.credential->counter_suspect || result.counter_regressed;
    sign_in.binding = ceremony_.binding;
    if (tenant_->settings.proof_forwarding) {
      sign_in.proof = SignInProof{.authenticator_data = response_.authenticator_data,
                                  .client_data_json = response_.client_data_json,
                                  .signature = response_.signature,
                                  .algorithm = view.credential->algorithm,
                                  .challenge_salt = ceremony_.challenge_salt};
    }
    sign_in.user_version = view.user->version;
    sign_in.credential_version = view.credential->version;
    return sign_in;
  }

  Attempt<FinishedSignIn> commit(SignInView& view,
                                 const webauthn::AuthenticationResult& result) const {
    const TokenEnvelope& envelope = session_;
    const UnixMillis now = services_.clock.now();
    CommitSignIn commit;
    commit.guard.tenant = envelope.tenant;
    commit.guard.now = now;
    commit.guard.epoch = epoch_;
    commit.guard.tenant_generation = tenant_->tenant.generation;
    commit.guard.session_token = envelope.id;
    commit.sign_in = make_sign_in(view, result, now);
    commit.session_expires_at = envelope.expires_at;
    commit.update = credential_update(*view.credential, result, now);
    AuditDraft audit = services_.audit.draft(
        envelope.tenant, call_, now,
        {.type = direct() ? "sign_in.succeeded" : "cross_device.signed",
         .user = &*view.user,
         .members = {{"sign_in", base64url_encode(commit.sign_in.id.view())},
                     {"user_verified", result.user_verified ? "true" : "false"},
                     {"counter_suspect", commit.sign_in.counter_suspect ? "true" : "false"}}});
    commit.audit = audit.entry();
    const auto outcome = services_.storage.commit_sign_in(commit);
    audit.note(outcome);
    if (worth_another_attempt(services_, envelope.tenant, outcome)) {
      return std::optional<FinishedSignIn>{};
    }
    if (!outcome) return storage_failure(outcome.error());
    switch (*outcome) {
      case Outcome::kDone:
        break;
      case Outcome::kUserDisabled:
        return refuse_disabled(*view.user);
      case Outcome::kUserGone:  // and the passkey with its user
        return failure(ErrorCode::kCredentialNotFound);
      default:
        return browser_refusal(services_, *outcome);
    }
    auto signal = account_signal(services_, *tenant_, ceremony_, view);
    return std::optional(
        FinishedSignIn{*std::move(view.user), commit.sign_in.id, now, std::move(signal)});
  }

  Services& services_;
  const TokenEnvelope& session_;
  const std::uint64_t epoch_;
  const CeremonyClaims& ceremony_;
  const webauthn::AuthenticationResponse& response_;
  const Call& call_;
  TenantPointer tenant_;
  std::vector<std::string> origins_;  ///< that the client data may name
};

}  // namespace

ApiResult<FinishedSignIn> finish_sign_in(Services& services, const SigningIn& signing_in,
                                         const Call& call) {
  Finish finish(services, signing_in, call);
  return with_attempts<FinishedSignIn>([&] { return finish.attempt(); });
}

std::string seal_auth_token(Services& services, const TenantId& tenant, const TokenId& sign_in,
                            UnixMillis issued_at, const std::optional<Digest>& binding,
                            std::uint64_t epoch) {
  AuthClaims claims;
  claims.envelope = {tenant, sign_in, issued_at, issued_at + services.options.auth_ttl};
  claims.binding = binding;
  return seal_claims(services, TokenKind::kAuth, claims, epoch);
}

}  // namespace masterkey2
