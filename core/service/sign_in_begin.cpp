#include "service/sign_in_begin.hpp"

#include <utility>

#include "crypto/sha256.hpp"
#include "service/failure.hpp"

namespace masterkey2 {
namespace {

ApiError tenant_gone() { return failure(ErrorCode::kInvalidToken, "the tenant is gone"); }

/// Challenge and salt for a token that brought a nonce: a site that knows the nonce can see from
/// the proof that the challenge was made for it.
void apply_challenge_nonce(ByteView nonce, CeremonyClaims& ceremony) {
  if (nonce.empty()) return;
  ceremony.challenge_salt = std::move(ceremony.challenge);
  ceremony.challenge = to_bytes(sha256({as_bytes("mk2"), nonce, ceremony.challenge_salt}).view());
}

}  // namespace

ApiResult<SignInBasis> read_sign_in_basis(Services& services,
                                          const OpenedToken<SessionClaims>& token) {
  const SessionClaims& claims = token.claims;
  if (services.clock.now() >= claims.envelope.expires_at) {
    return failure(ErrorCode::kTokenExpired);
  }
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
    return SignInBasis{std::move(recent).value(), {}};
  }
  auto tenant = services.tenants.at_generation(tenant_id, standing.tenant_generation);
  if (!tenant) return tenant.error();
  if (!*tenant) return tenant_gone();
  return SignInBasis{std::move(tenant).value(), std::move(allowed)};
}

void apply_session(const SessionClaims& session, CeremonyClaims& ceremony) {
  ceremony.user = session.user;
  ceremony.binding = session.binding;
  apply_challenge_nonce(session.challenge_nonce, ceremony);
}

}  // namespace masterkey2
