// Who is calling: API keys and sealed tokens, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "masterkey2/storage.hpp"
#include "service/api_error.hpp"
#include "service/call.hpp"
#include "service/claims/auth_claims.hpp"
#include "service/claims/ceremony_claims.hpp"
#include "service/claims/poll_claims.hpp"
#include "service/claims/qr_claims.hpp"
#include "service/claims/session_claims.hpp"
#include "service/claims/user_claims.hpp"
#include "service/rate_limiter.hpp"
#include "service/services.hpp"
#include "token/sealed_token.hpp"

namespace masterkey2 {

/// Counts a request of `subject`: rate_limited if it has used up its share.
[[nodiscard]] ApiResult<void> within_limit(Services& services, LimitKind kind, ByteView subject);

/// The key's row, read now. invalid_api_key for everything that is no live key of an enabled
/// tenant, scope_missing if it lacks `scope` (absent: none is needed). rate_limited
/// for a busy tenant, and for an address that sends many wrong keys.
[[nodiscard]] ApiResult<ApiKeyAccess> admit_api_key(Services& services, std::string_view text,
                                                    std::optional<KeyScope> scope, Call& call);

/// A key that may be known from a moment ago.
struct KnownApiKey {
  ApiKeyAccess access;
  bool was_known = false;  ///< not read for this call
};
/// As admit_api_key, but reads nothing for a key that was read at most 5 s ago. For a call whose
/// operation of storage looks at the key; what it is refused before that needs confirm_api_key.
[[nodiscard]] ApiResult<KnownApiKey> admit_known_api_key(Services& services, std::string_view text,
                                                         KeyScope scope, Call& call);
/// invalid_api_key if the key has died since: its bearer hears nothing else.
[[nodiscard]] ApiResult<void> confirm_api_key(Services& services, std::string_view text,
                                              Call& call);

/// A genuine token; its expiry is not looked at.
template <class Claims>
struct OpenedToken {
  Claims claims;
  std::uint64_t epoch = 0;  ///< that it was sealed under
};

/// wrong_token_type for another kind of ours, invalid_token for everything else. All but ceremonies
/// and auth tokens count against their tenant's limit.
[[nodiscard]] ApiResult<OpenedToken<SessionClaims>> open_session_token(Services& services,
                                                                       std::string_view text);
[[nodiscard]] ApiResult<OpenedToken<UserClaims>> open_user_token(Services& services,
                                                                 std::string_view text);
[[nodiscard]] ApiResult<OpenedToken<CeremonyClaims>> open_ceremony(Services& services,
                                                                   std::string_view text);
[[nodiscard]] ApiResult<OpenedToken<AuthClaims>> open_auth_token(Services& services,
                                                                 std::string_view text);
/// The computer's poll token, the phone's token, and what a QR code holds.
[[nodiscard]] ApiResult<OpenedToken<PollClaims>> open_poll_token(Services& services,
                                                                 std::string_view text);
[[nodiscard]] ApiResult<OpenedToken<PhoneClaims>> open_phone_token(Services& services,
                                                                   std::string_view text);
[[nodiscard]] ApiResult<OpenedToken<QrClaims>> open_qr_code(Services& services,
                                                            std::string_view text);

/// Seals claims under `epoch`.
template <class Claims>
[[nodiscard]] std::string seal_claims(Services& services, TokenKind kind, const Claims& claims,
                                      std::uint64_t epoch) {
  return seal_token(kind, encode_claims(claims), epoch, *services.keys.current(), services.random);
}

/// What the moment says about a token of a browser: invalid_token after a change of epoch or for a
/// tenant that is gone or disabled, token_revoked.
[[nodiscard]] ApiResult<void> check_standing(Services& services, const Standing& standing,
                                             std::uint64_t token_epoch);

/// The refusal that `outcome` means for a browser's call; kDone, kTenantChanged and kVersionChanged
/// are none.
[[nodiscard]] ApiError browser_refusal(Services& services, Outcome outcome);

/// True for outcomes and errors that another attempt may overcome; a stale tenant is forgotten.
[[nodiscard]] bool worth_another_attempt(Services& services, const TenantId& tenant,
                                         const StorageResult<Outcome>& outcome);

}  // namespace masterkey2
