#include "service/access.hpp"

#include <optional>
#include <utility>

#include "crypto/constant_time.hpp"
#include "crypto/sha256.hpp"
#include "service/failure.hpp"

namespace masterkey2 {
namespace {

ApiError token_failure(TokenFault fault) {
  return failure(
      fault == TokenFault::kWrongKind ? ErrorCode::kWrongTokenType : ErrorCode::kInvalidToken,
      fault == TokenFault::kUnknownKey ? "sealed by a key that the ring does not hold" : "");
}

template <class Claims>
ApiResult<OpenedToken<Claims>> open(Services& services, TokenKind kind, std::string_view text,
                                    std::optional<Claims> (*decode)(ByteView)) {
  const auto epoch = services.installation.epoch();
  if (!epoch) return epoch.error();
  OpenedToken<Claims> opened;
  opened.epoch = *epoch;
  const auto ring = services.keys.current();
  auto plaintext = open_token(kind, text, opened.epoch, *ring);
  if (!plaintext && plaintext.error() == TokenFault::kNotGenuine) {
    // Another process may have raised the epoch since we looked.
    const auto fresh = services.installation.refresh_sometimes();
    if (fresh && *fresh != opened.epoch) {
      opened.epoch = *fresh;
      plaintext = open_token(kind, text, opened.epoch, *ring);
    }
  }
  if (!plaintext) return token_failure(plaintext.error());
  std::optional<Claims> claims = decode(*plaintext);
  if (!claims) return failure(ErrorCode::kInvalidToken, "claims of another layout");
  opened.claims = *std::move(claims);
  return opened;
}

/// A genuine token whose tenant may go on.
template <class Claims>
ApiResult<OpenedToken<Claims>> counted(Services& services, ApiResult<OpenedToken<Claims>> opened) {
  if (!opened) return opened;
  if (auto good = within_limit(services, LimitKind::kTenant, opened->claims.envelope.tenant.view());
      !good) {
    return good.error();
  }
  return opened;
}

/// One side's token, of two that share a kind.
template <class Claims>
ApiResult<OpenedToken<Claims>> open_side(Services& services, std::string_view text) {
  auto opened = open(services, TokenKind::kPoll, text, &decode_cross_device_claims);
  if (!opened) return opened.error();
  Claims* claims = std::get_if<Claims>(&opened->claims);
  if (claims == nullptr) return failure(ErrorCode::kWrongTokenType, "of the other device");
  return OpenedToken<Claims>{std::move(*claims), opened->epoch};
}

ApiError invalid_key(Services& services, const Call& call) {
  const auto good = within_limit(services, LimitKind::kAddress, address_subject(call.address));
  return good ? failure(ErrorCode::kInvalidApiKey) : good.error();
}

/// The key's row, read now.
ApiResult<ApiKeyAccess> read_api_key(Services& services, std::string_view text, Call& call) {
  // Text of any form is looked up, so that all wrong keys take alike.
  const Digest digest = sha256(as_bytes(text));
  const UnixMillis now = services.clock.now();
  const auto found = services.storage.find_api_key(digest, now);
  if (!found) return storage_failure(found.error());
  const bool is_live = found->has_value() && (*found)->tenant_enabled &&
                       equal_in_constant_time((*found)->key.digest.view(), digest.view());
  if (!is_live) {
    services.known_api_keys.forget(digest);
    call.tenant.reset();
    return invalid_key(services, call);
  }
  services.installation.observe((*found)->epoch);
  services.known_api_keys.remember(**found, now);
  return **found;
}

/// A live key's request, counted; scope_missing if the key lacks `scope`.
ApiResult<ApiKeyAccess> admitted(Services& services, const ApiKeyAccess& access,
                                 std::optional<KeyScope> scope, Call& call) {
  call.tenant = access.key.tenant;
  if (auto good = within_limit(services, LimitKind::kTenant, access.key.tenant.view()); !good) {
    return good.error();
  }
  if (scope && (access.key.scopes & static_cast<std::uint32_t>(*scope)) == 0) {
    return failure(ErrorCode::kScopeMissing);
  }
  return access;
}

}  // namespace

ApiResult<void> within_limit(Services& services, LimitKind kind, ByteView subject) {
  if (services.limits == nullptr) return {};
  const auto wait = services.limits->take(kind, subject, services.clock.now());
  if (!wait) return {};
  ApiError error =
      failure(ErrorCode::kRateLimited,
              "limit of " + std::string(kLimitWords.at(static_cast<std::size_t>(kind))));
  error.retry_after_seconds = *wait;
  return error;
}

ApiResult<ApiKeyAccess> admit_api_key(Services& services, std::string_view text,
                                      std::optional<KeyScope> scope, Call& call) {
  const auto read = read_api_key(services, text, call);
  if (!read) return read;
  return admitted(services, *read, scope, call);
}

ApiResult<KnownApiKey> admit_known_api_key(Services& services, std::string_view text,
                                           KeyScope scope, Call& call) {
  const Digest digest = sha256(as_bytes(text));
  const auto known = services.known_api_keys.find(digest, services.clock.now());
  const auto access =
      known ? admitted(services, *known, scope, call) : admit_api_key(services, text, scope, call);
  if (!access && known) {
    if (auto good = confirm_api_key(services, text, call); !good) return good.error();
  }
  if (!access) return access.error();
  return KnownApiKey{*access, known.has_value()};
}

ApiResult<void> confirm_api_key(Services& services, std::string_view text, Call& call) {
  const auto read = read_api_key(services, text, call);
  return read ? ApiResult<void>{} : read.error();
}

ApiResult<OpenedToken<SessionClaims>> open_session_token(Services& services,
                                                         std::string_view text) {
  return counted(services, open(services, TokenKind::kSession, text, &decode_session_claims));
}
ApiResult<OpenedToken<UserClaims>> open_user_token(Services& services, std::string_view text) {
  return counted(services, open(services, TokenKind::kUser, text, &decode_user_claims));
}
ApiResult<OpenedToken<CeremonyClaims>> open_ceremony(Services& services, std::string_view text) {
  return open(services, TokenKind::kCeremony, text, &decode_ceremony_claims);
}
ApiResult<OpenedToken<AuthClaims>> open_auth_token(Services& services, std::string_view text) {
  return open(services, TokenKind::kAuth, text, &decode_auth_claims);
}

ApiResult<OpenedToken<PollClaims>> open_poll_token(Services& services, std::string_view text) {
  return counted(services, open_side<PollClaims>(services, text));
}
ApiResult<OpenedToken<PhoneClaims>> open_phone_token(Services& services, std::string_view text) {
  auto opened = open_side<PhoneClaims>(services, text);
  if (!opened) return opened;
  const TenantId& tenant = opened->claims.ceremony.envelope.tenant;
  if (auto good = within_limit(services, LimitKind::kTenant, tenant.view()); !good) {
    return good.error();
  }
  return opened;
}
ApiResult<OpenedToken<QrClaims>> open_qr_code(Services& services, std::string_view text) {
  return counted(services, open(services, TokenKind::kQr, text, &decode_qr_claims));
}

ApiResult<void> check_standing(Services& services, const Standing& standing,
                               std::uint64_t token_epoch) {
  services.installation.observe(standing.epoch);
  if (standing.epoch != token_epoch) {
    return failure(ErrorCode::kInvalidToken, "from before a restore");
  }
  if (!standing.tenant_enabled) return failure(ErrorCode::kInvalidToken, "the tenant is disabled");
  if (standing.token_revoked) return failure(ErrorCode::kTokenRevoked);
  return {};
}

ApiError browser_refusal(Services& services, Outcome outcome) {
  switch (outcome) {
    case Outcome::kEpochChanged:
      static_cast<void>(services.installation.refresh());
      return failure(ErrorCode::kInvalidToken, "from before a restore");
    case Outcome::kTenantGone:
      return failure(ErrorCode::kInvalidToken, "the tenant is gone or disabled");
    case Outcome::kApiKeyDead:
      return failure(ErrorCode::kTokenRevoked, "the token's API key is dead");
    case Outcome::kTokenRevoked:
      return failure(ErrorCode::kTokenRevoked);
    case Outcome::kClaimTaken:
      return failure(ErrorCode::kCeremonyUsed);
    case Outcome::kTokenUsed:
      return failure(ErrorCode::kTokenUsed);
    case Outcome::kUserGone:
      return failure(ErrorCode::kUserNotFound);
    case Outcome::kUserDisabled:
      return failure(ErrorCode::kUserDisabled);
    case Outcome::kNotFound:
      return failure(ErrorCode::kCredentialNotFound);
    case Outcome::kAlreadyExists:
      return failure(ErrorCode::kCredentialExists);
    case Outcome::kLimitReached:
      return failure(ErrorCode::kCredentialLimit);
    case Outcome::kDone:
    case Outcome::kTenantChanged:
    case Outcome::kVersionChanged:
      break;
  }
  return failure(ErrorCode::kInternal, "an outcome that is no refusal");
}

bool worth_another_attempt(Services& services, const TenantId& tenant,
                           const StorageResult<Outcome>& outcome) {
  if (!outcome) return outcome.error().code == StorageErrorCode::kConflict;
  if (*outcome == Outcome::kTenantChanged) services.tenants.forget(tenant);
  return *outcome == Outcome::kTenantChanged || *outcome == Outcome::kVersionChanged;
}

}  // namespace masterkey2
