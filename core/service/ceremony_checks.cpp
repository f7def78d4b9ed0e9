#include "service/ceremony_checks.hpp"

#include <utility>

#include "crypto/sha256.hpp"
#include "service/credential_options.hpp"
#include "service/failure.hpp"
#include "service/origin_rules.hpp"

namespace masterkey2 {

CeremonyClaims make_ceremony(Services& services, const TenantSnapshot& tenant,
                             const TokenEnvelope& token, CeremonyPurpose purpose,
                             std::string_view origin) {
  const UnixMillis now = services.clock.now();
  CeremonyClaims ceremony;
  ceremony.envelope = {token.tenant, services.random.identifier<TokenId>(), now,
                       now + services.options.ceremony_ttl};
  ceremony.purpose = purpose;
  ceremony.token = token.id;
  ceremony.origin = origin;
  ceremony.policy = current_policy(tenant.settings);
  ceremony.challenge.resize(Digest::kSize);
  services.random.fill(ceremony.challenge);
  return ceremony;
}

ApiResult<CeremonyClaims> begin_ceremony(Services& services, const TenantSnapshot& tenant,
                                         const TokenEnvelope& token, CeremonyPurpose purpose,
                                         const Call& call) {
  if (!origin_is_allowed(tenant.settings, call.origin)) {
    return failure(ErrorCode::kOriginNotAllowed,
                   call.origin ? "not an origin of the tenant" : "no Origin was sent");
  }
  return make_ceremony(services, tenant, token, purpose, call.origin.value_or(""));
}

ApiResult<CeremonyClaims> reopen_ceremony(Services& services, std::string_view text,
                                          const TokenEnvelope& token, std::uint64_t token_epoch,
                                          CeremonyPurpose purpose) {
  auto opened = open_ceremony(services, text);
  if (!opened) return opened.error();
  CeremonyClaims& ceremony = opened->claims;
  if (ceremony.envelope.tenant != token.tenant || ceremony.token != token.id ||
      ceremony.purpose != purpose || ceremony.channel != Channel::kDirect ||
      opened->epoch != token_epoch) {
    return failure(ErrorCode::kInvalidToken, "a ceremony of another token or purpose");
  }
  if (services.clock.now() >= ceremony.envelope.expires_at) {
    return failure(ErrorCode::kCeremonyExpired);
  }
  return std::move(ceremony);
}

ApiResult<void> check_finish_origin(const TenantSettings& settings, const CeremonyClaims& ceremony,
                                    const Call& call) {
  if (call.origin.value_or("") != ceremony.origin) {
    return failure(ErrorCode::kOriginNotAllowed, "not the origin that began the ceremony");
  }
  // The phone's page is ours, not one of the tenant's: whoever claims must have come from there.
  if (ceremony.channel == Channel::kCrossDevice) return {};
  if (!origin_is_allowed(settings, call.origin)) {
    return failure(ErrorCode::kOriginNotAllowed, "no longer an origin of the tenant");
  }
  return {};
}

std::vector<std::string> expected_origins(const TenantSettings& settings,
                                          const CeremonyClaims& ceremony) {
  if (!ceremony.origin.empty()) return {ceremony.origin};
  std::vector<std::string> origins = settings.origins;
  for (const auto* more : {&settings.related_origins, &settings.app_origins}) {
    origins.insert(origins.end(), more->begin(), more->end());
  }
  return origins;
}

}  // namespace masterkey2
