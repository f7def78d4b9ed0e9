#include "service/registration_service.hpp"

#include <utility>

#include "encoding/base64url.hpp"
#include "service/attempts.hpp"
#include "service/ceremony_checks.hpp"
#include "service/credential_options.hpp"
#include "service/text_rules.hpp"
#include "webauthn/registration.hpp"

namespace masterkey2 {
namespace {

constexpr std::string_view kNameRule = "at most 256 bytes without control characters";

/// The user and the tenant as they are now.
struct Subject {
  UserView view;
  TenantPointer tenant;
};

ApiResult<Subject> read_subject(Services& services, const OpenedToken<UserClaims>& token,
                                bool with_credentials) {
  const UserClaims& claims = token.claims;
  auto view = services.storage.find_user(claims.envelope.tenant, claims.user, with_credentials,
                                         std::nullopt);
  if (!view) return storage_failure(view.error());
  if (auto good = check_standing(services, view->standing, token.epoch); !good) {
    return good.error();
  }
  if (!view->user) return failure(ErrorCode::kUserNotFound);
  auto tenant =
      services.tenants.at_generation(claims.envelope.tenant, view->standing.tenant_generation);
  if (!tenant) return tenant.error();
  if (!*tenant) return failure(ErrorCode::kInvalidToken, "the tenant is gone");
  return Subject{std::move(view).value(), std::move(tenant).value()};
}

CredentialRecord make_record(const webauthn::RegistrationResponse& response,
                             const webauthn::RegistrationResult& result, const UserHandle& user,
                             std::string name, UnixMillis now) {
  CredentialRecord record;
  record.id = result.credential_id;
  record.user = user;
  record.public_key = result.public_key;
  record.algorithm = result.algorithm;
  record.sign_count = result.sign_count;
  record.uv_initialized = result.user_verified;
  record.backup_eligible = result.backup_eligible;
  record.backup_state = result.backup_state;
  record.aaguid = result.aaguid;
  record.attestation_format = result.attestation_format;
  record.transports = response.transports;
  record.discoverable = response.discoverable;
  record.name = std::move(name);
  record.created_at = now;
  return record;
}

}  // namespace

ApiResult<BegunRegistration> begin_registration(Services& services,
                                                const OpenedToken<UserClaims>& token,
                                                const BeginRegistration& request,
                                                const Call& call) {
  if (services.clock.now() >= token.claims.envelope.expires_at) {
    return failure(ErrorCode::kTokenExpired);
  }
  if (!is_name(request.name)) return invalid_request("/name", std::string(kNameRule));
  const auto subject = read_subject(services, token, true);
  if (!subject) return subject.error();
  const TenantSnapshot& tenant = *subject->tenant;
  const UserView& view = subject->view;

  auto ceremony =
      begin_ceremony(services, tenant, token.claims.envelope, CeremonyPurpose::kRegistration, call);
  if (!ceremony) return ceremony.error();
  if (!view.user->enabled) return failure(ErrorCode::kUserDisabled);
  if (view.credentials.size() >= tenant.settings.max_credentials_per_user) {
    return failure(ErrorCode::kCredentialLimit);
  }
  if (ceremony->policy.algorithms.empty()) {
    return failure(ErrorCode::kInternal, "OpenSSL has none of the tenant's algorithms");
  }
  // A silent upgrade meets no user who could be verified; each sign-in still asks for that.
  auto& verification = ceremony->policy.user_verification;
  if (request.conditional && verification == webauthn::UserVerification::kRequired) {
    verification = webauthn::UserVerification::kPreferred;
  }
  ceremony->user = view.user->handle;
  ceremony->api_key = token.claims.api_key;
  ceremony->conditional = request.conditional;
  ceremony->name = request.name;

  BegunRegistration begun;
  begun.ceremony = seal_claims(services, TokenKind::kCeremony, *ceremony, token.epoch);
  begun.public_key = creation_options(tenant, *view.user, view.credentials, *ceremony);
  begun.expires_in = services.options.ceremony_ttl / 1'000;
  return begun;
}

ApiResult<FinishedRegistration> finish_registration(Services& services,
                                                    const OpenedToken<UserClaims>& token,
                                                    const FinishRegistration& request,
                                                    const Call& call) {
  const TokenEnvelope& envelope = token.claims.envelope;
  if (request.name && !is_name(*request.name)) {
    return invalid_request("/name", std::string(kNameRule));
  }
  // The token's own expiry counted at begin: a prompt may outlast a token of 30 seconds.
  const auto ceremony = reopen_ceremony(services, request.ceremony, envelope, token.epoch,
                                        CeremonyPurpose::kRegistration);
  if (!ceremony) return ceremony.error();
  const auto response = webauthn::parse_registration_response(request.credential);
  if (!response) return verification_failure(response.error());

  return with_attempts<FinishedRegistration>([&]() -> Attempt<FinishedRegistration> {
    auto subject = read_subject(services, token, false);
    if (!subject) return subject.error();
    const TenantSnapshot& tenant = *subject->tenant;
    UserAccount& user = *subject->view.user;
    if (auto good = check_finish_origin(tenant.settings, *ceremony, call); !good) {
      return good.error();
    }
    webauthn::CeremonyPolicy policy = ceremony->policy;
    policy.top_origins = tenant.settings.top_origins;
    const std::vector<std::string> origins = expected_origins(tenant.settings, *ceremony);
    const auto trust = services.attestation.current();
    const auto result =
        webauthn::verify_registration(*response, {.challenge = ceremony->challenge,
                                                  .rp_id = tenant.tenant.rp_id,
                                                  .origins = origins,
                                                  .policy = policy,
                                                  .conditional = ceremony->conditional,
                                                  .trust = trust.get(),
                                                  .now = services.clock.now()});
    if (!result) return verification_failure(result.error());

    const UnixMillis now = services.clock.now();
    CommitRegistration commit;
    commit.guard.tenant = envelope.tenant;
    commit.guard.now = now;
    commit.guard.epoch = token.epoch;
    commit.guard.tenant_generation = tenant.tenant.generation;
    commit.guard.api_key = token.claims.api_key;
    commit.ceremony = {ceremony->envelope.id, ceremony->envelope.expires_at + kClaimMargin};
    commit.user_token = {envelope.id,
                         envelope.expires_at + services.options.ceremony_ttl + kClaimMargin};
    commit.credential = make_record(*response, *result, token.claims.user,
                                    request.name.value_or(ceremony->name), now);
    commit.max_credentials = tenant.settings.max_credentials_per_user;
    AuditDraft audit = services.audit.draft(
        envelope.tenant, call, now,
        {.type = "credential.registered",
         .user = &user,
         .members = {{"ceremony", base64url_encode(ceremony->envelope.id.view())},
                     {"format", result->attestation_format}}});
    commit.audit = audit.entry();
    const auto outcome = services.storage.commit_registration(commit);
    audit.note(outcome);
    if (worth_another_attempt(services, envelope.tenant, outcome)) {
      return std::optional<FinishedRegistration>{};
    }
    if (!outcome) return storage_failure(outcome.error());
    if (*outcome != Outcome::kDone) return browser_refusal(services, *outcome);
    return std::optional(FinishedRegistration{std::move(user), std::move(commit.credential)});
  });
}

}  // namespace masterkey2
