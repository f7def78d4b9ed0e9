// What a relying party demands of a ceremony. Sealed into it at begin, enforced at finish.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace masterkey2::webauthn {

enum class UserVerification : std::uint8_t { kRequired = 0, kPreferred = 1, kDiscouraged = 2 };
enum class AttestationConveyance : std::uint8_t {
  kNone = 0,
  kIndirect = 1,
  kDirect = 2,
  kEnterprise = 3
};
/// What follows a sign count that did not grow (L3 §7.2 step 22). The stored value never falls.
enum class CounterPolicy : std::uint8_t { kFlag = 0, kIgnore = 1, kRefuse = 2 };

/// COSE algorithm identifiers (RFC 9053, RFC 8812).
inline constexpr std::int32_t kEs256 = -7;
inline constexpr std::int32_t kEdDsa = -8;
inline constexpr std::int32_t kRs256 = -257;

struct CeremonyPolicy {
  UserVerification user_verification = UserVerification::kRequired;
  std::vector<std::int32_t> algorithms = {kEs256, kEdDsa, kRs256};  ///< in order of preference
  AttestationConveyance attestation = AttestationConveyance::kNone;
  CounterPolicy counter = CounterPolicy::kFlag;
  bool allow_cross_origin = false;       ///< the tenant expects to be framed
  std::vector<std::string> top_origins;  ///< allowed parents; empty: any, if framing is allowed

  bool operator==(const CeremonyPolicy&) const = default;
};

}  // namespace masterkey2::webauthn
