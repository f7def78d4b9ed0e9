// The phone's side of a cross-device sign-in: a page of ours shows who asks, claims the code, signs
// with the tenant's RP ID, and shows the code to type on the computer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "encoding/json.hpp"
#include "service/cross_device_session.hpp"

namespace masterkey2 {

/// What asks, for a person to judge.
struct ShownCrossDevice {
  std::string name;  ///< the tenant's `rp_name`
  std::string rp_id;
  UserAgent computer;
  std::int64_t age = 0;  ///< seconds since the code was made
  std::int64_t expires_in = 0;
};

struct ClaimedCrossDevice {
  std::string phone_token;
  std::string public_key;  ///< PublicKeyCredentialRequestOptionsJSON
  std::int64_t expires_in = 0;
};

struct SignedCrossDevice {
  std::string code;
  std::string rp_id;  ///< where to type it
  std::int64_t expires_in = 0;
};

// All: origin_not_allowed unless the call comes from base_url's origin; cross_device_expired once
// the code or the sign-in has expired, was denied, or the tenant has switched it off;
// token_revoked.

/// Writes nothing. user_not_found and credential_not_found for a named sign-in.
[[nodiscard]] ApiResult<ShownCrossDevice> show_cross_device(Services& services,
                                                            const OpenedToken<QrClaims>& code,
                                                            const Call& call);

/// The first write. cross_device_claimed for whoever comes second, which ends it for both.
/// rate_limited by address and tenant.
[[nodiscard]] ApiResult<ClaimedCrossDevice> claim_cross_device(Services& services,
                                                               const OpenedToken<QrClaims>& code,
                                                               const Call& call);

/// The code is told once. As finish_authentication; ceremony_used for a second call;
/// cross_device_claimed if a second claim has ended it.
[[nodiscard]] ApiResult<SignedCrossDevice> finish_cross_device(
    Services& services, const OpenedToken<PhoneClaims>& token, const Json& credential,
    const Call& call);

/// `It was not me`, by the phone that claimed the code or by one that has just read it. The state
/// then: kDenied, or kCompleted if it came too late.
[[nodiscard]] ApiResult<CrossDeviceState> deny_cross_device(Services& services,
                                                            const OpenedToken<QrClaims>& code,
                                                            const Call& call);
[[nodiscard]] ApiResult<CrossDeviceState> deny_cross_device(Services& services,
                                                            const OpenedToken<PhoneClaims>& token,
                                                            const Call& call);

}  // namespace masterkey2
