#include "service/authentication_service.hpp"

#include <algorithm>
#include <utility>

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "service/attempts.hpp"
#include "service/ceremony_checks.hpp"
#include "service/credential_options.hpp"
#include "webauthn/authentication.hpp"

namespace masterkey2 {
namespace {

/// `last_used_at` may lag by this much: parallel sign-ins with one passkey need not fight over it.
constexpr UnixMillis kLastUsedPrecision = 1'000;
/// A verify-auth with an Idempotency-Key may be repeated for this long.
constexpr UnixMillis kIdempotencyLife = 120'000;

ApiError tenant_gone() { return failure(ErrorCode::kInvalidToken, "the tenant is gone"); }

/// Challenge and salt for a token that brought a nonce: a site that knows the nonce can see from
/// the proof that the challenge was made for it.
void apply_challenge_nonce(ByteView nonce, CeremonyClaims& ceremony) {
  if (nonce.empty()) return;
  ceremony.challenge_salt = std::move(ceremony.challenge);
  ceremony.challenge = to_bytes(sha256({as_bytes("mk2"), nonce, ceremony.challenge_salt}).view());
}

struct Begun {
  TenantPointer tenant;
  std::vector<CredentialRecord> allowed;
};

/// The tenant as begin may know it, and the passkeys of a named user.
ApiResult<Begun> read_for_begin(Services& services, const OpenedToken<SessionClaims>& token) {
  const SessionClaims& claims = token.claims;
  const TenantId& tenant_id = claims.envelope.tenant;
  Standing standing;
  std::vector<CredentialRecord> allowed;
  if (claims.user) {
    auto view = services.storage.find_user(tenant_id, *claims.user, true, claims.envelope.id);
    if (!view) return storage_failure(view.error());
    standing = view->standing;
    if (auto good = check_standing(services, standing, token.epoch); !good) return good.error();
    if (!view->user) return failure(ErrorCode::kUserNotFound);
    if (view->credentials.empty()) return failure(ErrorCode::kCredentialNotFound);
    allowed = std::move(view->credentials);
  } else if (services.options.local_reads) {
    const auto read = services.storage.read_standing(tenant_id, claims.envelope.id);
    if (!read) return storage_failure(read.error());
    standing = *read;
    if (auto good = check_standing(services, standing, token.epoch); !good) return good.error();
  } else {
    auto recent = services.tenants.recent(tenant_id);
    if (!recent) return recent.error();
    if (!*recent || !(*recent)->tenant.enabled) return tenant_gone();
    return Begun{std::move(recent).value(), {}};
  }
  auto tenant = services.tenants.at_generation(tenant_id, standing.tenant_generation);
  if (!tenant) return tenant.error();
  if (!*tenant) return tenant_gone();
  return Begun{std::move(tenant).value(), std::move(allowed)};
}

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
  Finish(Services& services, const OpenedToken<SessionClaims>& token,
         const CeremonyClaims& ceremony, const webauthn::AuthenticationResponse& response,
         const Call& call)
      : services_(services), token_(token), ceremony_(ceremony), response_(response), call_(call) {}

  Attempt<FinishedAuthentication> attempt() {
    const TokenEnvelope& envelope = token_.claims.envelope;
    auto view = services_.storage.read_sign_in(envelope.tenant, response_.id, envelope.id);
    if (!view) return storage_failure(view.error());
    if (auto good = check_standing(services_, view->standing, token_.epoch); !good) {
      return good.error();
    }
    auto tenant =
        services_.tenants.at_generation(envelope.tenant, view->standing.tenant_generation);
    if (!tenant) return tenant.error();
    if (!*tenant) return tenant_gone();
    tenant_ = std::move(tenant).value();
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
    return failure(ErrorCode::kCredentialNotFound);
  }

  [[nodiscard]] ApiError refuse_disabled(const UserAccount& user) const {
    AuditDraft audit = services_.audit.draft(
        token_.claims.envelope.tenant, call_, services_.clock.now(),
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
    sign_in.session_token = token_.claims.envelope.id;
    sign_in.user = view.user->handle;
    sign_in.credential_id = view.credential->id;
    sign_in.at = now;
    sign_in.takeable_until = now + services_.options.auth_ttl;
    sign_in.keep_until =
        std::max(ceremony_.envelope.expires_at, sign_in.takeable_until + kIdempotencyLife) +
        kClaimMargin;
    sign_in.channel = ceremony_.channel;
    sign_in.confirmed = ceremony_.channel == Channel::kDirect;
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

  Attempt<FinishedAuthentication> commit(SignInView& view,
                                         const webauthn::AuthenticationResult& result) const {
    const TokenEnvelope& envelope = token_.claims.envelope;
    const UnixMillis now = services_.clock.now();
    CommitSignIn commit;
    commit.guard.tenant = envelope.tenant;
    commit.guard.now = now;
    commit.guard.epoch = token_.epoch;
    commit.guard.tenant_generation = tenant_->tenant.generation;
    commit.guard.session_token = envelope.id;
    commit.sign_in = make_sign_in(view, result, now);
    commit.session_expires_at = envelope.expires_at;
    commit.update = credential_update(*view.credential, result, now);
    AuditDraft audit = services_.audit.draft(
        envelope.tenant, call_, now,
        {.type = "sign_in.succeeded",
         .user = &*view.user,
         .members = {{"sign_in", base64url_encode(commit.sign_in.id.view())},
                     {"user_verified", result.user_verified ? "true" : "false"},
                     {"counter_suspect", commit.sign_in.counter_suspect ? "true" : "false"}}});
    commit.audit = audit.entry();
    const auto outcome = services_.storage.commit_sign_in(commit);
    audit.note(outcome);
    if (worth_another_attempt(services_, envelope.tenant, outcome)) {
      return std::optional<FinishedAuthentication>{};
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
    AuthClaims claims;
    claims.envelope = {envelope.tenant, commit.sign_in.id, now, commit.sign_in.takeable_until};
    claims.binding = commit.sign_in.binding;
    return std::optional(
        FinishedAuthentication{*std::move(view.user),
                               {seal_claims(services_, TokenKind::kAuth, claims, token_.epoch),
                                services_.options.auth_ttl / 1'000}});
  }

  Services& services_;
  const OpenedToken<SessionClaims>& token_;
  const CeremonyClaims& ceremony_;
  const webauthn::AuthenticationResponse& response_;
  const Call& call_;
  TenantPointer tenant_;
  std::vector<std::string> origins_;  ///< that the client data may name
};

}  // namespace

ApiResult<BegunAuthentication> begin_authentication(Services& services,
                                                    const OpenedToken<SessionClaims>& token,
                                                    const Call& call) {
  const SessionClaims& claims = token.claims;
  if (services.clock.now() >= claims.envelope.expires_at) {
    return failure(ErrorCode::kTokenExpired);
  }
  const auto read = read_for_begin(services, token);
  if (!read) return read.error();
  const TenantSnapshot& tenant = *read->tenant;
  auto ceremony =
      begin_ceremony(services, tenant, claims.envelope, CeremonyPurpose::kAuthentication, call);
  if (!ceremony) return ceremony.error();
  ceremony->user = claims.user;
  ceremony->binding = claims.binding;
  apply_challenge_nonce(claims.challenge_nonce, *ceremony);

  BegunAuthentication begun;
  begun.ceremony = seal_claims(services, TokenKind::kCeremony, *ceremony, token.epoch);
  begun.public_key = request_options(tenant, read->allowed, *ceremony);
  begun.rp_id = tenant.tenant.rp_id;
  begun.rp_name = tenant.settings.rp_name;
  begun.cross_device = tenant.settings.cross_device != "off";
  begun.expires_in = services.options.ceremony_ttl / 1'000;
  return begun;
}

ApiResult<FinishedAuthentication> finish_authentication(Services& services,
                                                        const OpenedToken<SessionClaims>& token,
                                                        const FinishAuthentication& request,
                                                        const Call& call) {
  const TokenEnvelope& envelope = token.claims.envelope;
  if (services.clock.now() >= envelope.expires_at) return failure(ErrorCode::kTokenExpired);
  const auto ceremony = reopen_ceremony(services, request.ceremony, envelope, token.epoch,
                                        CeremonyPurpose::kAuthentication);
  if (!ceremony) return ceremony.error();
  const auto response = webauthn::parse_authentication_response(request.credential);
  if (!response) return verification_failure(response.error());
  Finish finish(services, token, *ceremony, *response, call);
  return with_attempts<FinishedAuthentication>([&] { return finish.attempt(); });
}

}  // namespace masterkey2
