#include "service/authentication_service.hpp"

#include <utility>

#include "service/ceremony_checks.hpp"
#include "service/credential_options.hpp"
#include "service/failure.hpp"
#include "service/sign_in_begin.hpp"
#include "service/sign_in_finish.hpp"

namespace masterkey2 {

ApiResult<BegunAuthentication> begin_authentication(Services& services,
                                                    const OpenedToken<SessionClaims>& token,
                                                    const Call& call) {
  const SessionClaims& claims = token.claims;
  const auto basis = read_sign_in_basis(services, token);
  if (!basis) return basis.error();
  const TenantSnapshot& tenant = *basis->tenant;
  auto ceremony =
      begin_ceremony(services, tenant, claims.envelope, CeremonyPurpose::kAuthentication, call);
  if (!ceremony) return ceremony.error();
  apply_session(claims, *ceremony);

  BegunAuthentication begun;
  begun.ceremony = seal_claims(services, TokenKind::kCeremony, *ceremony, token.epoch);
  begun.public_key = request_options(tenant, basis->allowed, *ceremony);
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
  auto finished = finish_sign_in(
      services,
      {.session = envelope, .epoch = token.epoch, .ceremony = *ceremony, .response = *response},
      call);
  if (!finished) return finished.error();
  return FinishedAuthentication{std::move(finished->user),
                                {seal_auth_token(services, envelope.tenant, finished->id,
                                                 finished->at, ceremony->binding, token.epoch),
                                 services.options.auth_ttl / 1'000},
                                std::move(finished->signal)};
}

}  // namespace masterkey2
