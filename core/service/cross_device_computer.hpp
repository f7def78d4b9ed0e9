// The computer's side of a cross-device sign-in: it shows a QR code, polls, and takes the code that
// the phone shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "service/cross_device_session.hpp"

namespace masterkey2 {

struct BegunCrossDevice {
  std::string url;         ///< for the QR code; the poll token is not in it
  std::string poll_token;  ///< for the page alone
  std::int64_t expires_in = 0;
};

struct CrossDeviceStatus {
  CrossDeviceState state = CrossDeviceState::kPending;
  std::int64_t expires_in = 0;
  std::uint8_t tries_left = 0;      ///< kConfirm
  std::optional<UserAccount> user;  ///< kCompleted, of status alone; so the token
  std::string auth_token;
};

/// Writes nothing. token_expired, token_revoked, origin_not_allowed, user_not_found,
/// credential_not_found; not_found where the tenant has switched it off.
[[nodiscard]] ApiResult<BegunCrossDevice> begin_cross_device(
    Services& services, const OpenedToken<SessionClaims>& token, UserAgent computer,
    const Call& call);

/// The same auth token (id and expiry) each time, until it expires. token_revoked,
/// origin_not_allowed.
[[nodiscard]] ApiResult<CrossDeviceStatus> cross_device_status(Services& services,
                                                               const OpenedToken<PollClaims>& token,
                                                               const Call& call);

/// In another state than kConfirm the code is not looked at. invalid_request for what is no code
/// and uses up no try; token_revoked, origin_not_allowed.
[[nodiscard]] ApiResult<CrossDeviceStatus> confirm_cross_device(
    Services& services, const OpenedToken<PollClaims>& token, std::string_view code,
    const Call& call);

}  // namespace masterkey2
