// One cross-device sign-in between its steps, each of which may be served by another process: what
// a step reads first, and the compare-and-set by which it moves the state.
#pragma once

#include <cstdint>
#include <optional>

#include "service/access.hpp"
#include "service/cross_device_record.hpp"

namespace masterkey2 {

/// The page's session token stands behind each step: revoked, it ends the sign-in.
struct CrossDeviceName {
  TenantId tenant;
  TokenId id;
  TokenId session_token;
  std::uint64_t epoch = 0;      ///< that the caller's token was sealed under
  UnixMillis claim_before = 0;  ///< when the code's own life is over
};

/// What one read found.
struct CrossDeviceView {
  TenantPointer tenant;
  CrossDeviceState state = CrossDeviceState::kPending;
  CrossDeviceRecord record;   ///< for kScanned to kDenied
  std::uint64_t version = 0;  ///< of the record; 0: there is none
  UnixMillis now = 0;

  /// Seconds for which the state can last, rounded up.
  [[nodiscard]] std::int64_t expires_in(const CrossDeviceName& name) const;
};

/// How long a claimed sign-in may take, from the claim on; and a code until it is claimed.
inline constexpr UnixMillis kCrossDeviceLife = 120'000;

/// kDenied where the tenant has switched the channel off. invalid_token, token_revoked.
[[nodiscard]] ApiResult<CrossDeviceView> read_cross_device(Services& services,
                                                           const CrossDeviceName& name);

/// Replaces what `view` has read. False: somebody was faster, read again.
[[nodiscard]] ApiResult<bool> put_cross_device(Services& services, const CrossDeviceName& name,
                                               const CrossDeviceView& view,
                                               const CrossDeviceRecord& record);

/// Ends it, with an audit entry; `user` if known. False: somebody was faster, read again.
[[nodiscard]] ApiResult<bool> deny_cross_device(Services& services, const CrossDeviceName& name,
                                                const CrossDeviceView& view, Denial denial,
                                                const Call& call,
                                                const UserAccount* user = nullptr);

/// What an audit entry says of it; `user` if known.
[[nodiscard]] AuditEvent cross_device_event(const CrossDeviceName& name, std::string_view type,
                                            const UserAccount* user);

}  // namespace masterkey2
