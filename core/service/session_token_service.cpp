#include "service/session_token_service.hpp"

#include "crypto/sha256.hpp"
#include "service/attempts.hpp"
#include "service/text_rules.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMinNonce = 16;
constexpr std::size_t kMaxNonce = 64;
constexpr std::size_t kMaxBinding = 256;
/// A row outlives what it forbids by this much, for clocks that differ.
constexpr UnixMillis kClockMargin = 60'000;

}  // namespace

ApiResult<IssuedToken> issue_session_token(Services& services, const ApiKeyAccess& access,
                                           const SessionTokenRequest& request) {
  SessionClaims claims;
  if (request.challenge_nonce) {
    if (request.challenge_nonce->size() < kMinNonce ||
        request.challenge_nonce->size() > kMaxNonce) {
      return invalid_request("/challenge_nonce", "16 to 64 bytes as base64url");
    }
    claims.challenge_nonce = *request.challenge_nonce;
  }
  if (request.binding) {
    if (request.binding->empty() || request.binding->size() > kMaxBinding) {
      return invalid_request("/binding", "1 to 256 bytes of text");
    }
    claims.binding = sha256(as_bytes(*request.binding));
  }
  if (request.external_id) {
    if (!is_external_id(*request.external_id)) return failure(ErrorCode::kInvalidExternalId);
    const auto view = services.storage.find_user(access.key.tenant, *request.external_id, false);
    if (!view) return storage_failure(view.error());
    if (!view->user) return failure(ErrorCode::kUserNotFound);
    claims.user = view->user->handle;
  }
  const UnixMillis now = services.clock.now();
  claims.envelope = {access.key.tenant, services.random.identifier<TokenId>(), now,
                     now + services.options.session_ttl};
  return IssuedToken{seal_claims(services, TokenKind::kSession, claims, access.epoch),
                     services.options.session_ttl / 1'000};
}

ApiResult<void> revoke_session_token(Services& services, std::string_view token, Call& call) {
  const auto opened = open_session_token(services, token);
  if (!opened) return opened.error();
  const TokenEnvelope& envelope = opened->claims.envelope;
  call.tenant = envelope.tenant;
  const UnixMillis now = services.clock.now();
  if (now >= envelope.expires_at) return {};

  const auto standing = services.storage.read_standing(envelope.tenant, envelope.id);
  if (!standing) return storage_failure(standing.error());
  if (standing->token_revoked) return {};
  if (auto good = check_standing(services, *standing, opened->epoch); !good) return good;

  Guard guard;
  guard.tenant = envelope.tenant;
  guard.now = now;
  guard.epoch = opened->epoch;
  AuditDraft audit =
      services.audit.draft(envelope.tenant, call, now, {.type = "session_token.revoked"});
  const auto done = with_attempts<bool>([&]() -> Attempt<bool> {
    const auto outcome = services.storage.revoke_token(
        guard, envelope.id, envelope.expires_at + kClockMargin, audit.entry());
    audit.note(outcome);
    if (outcome && *outcome == Outcome::kDone) audit.maybe_stored();  // only with the first
    if (worth_another_attempt(services, envelope.tenant, outcome)) return std::optional<bool>{};
    if (!outcome) return storage_failure(outcome.error());
    if (*outcome != Outcome::kDone) return browser_refusal(services, *outcome);
    return std::optional(true);
  });
  if (!done) return done.error();
  return {};
}

}  // namespace masterkey2
