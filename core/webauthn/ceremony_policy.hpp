// What a relying party demands of a ceremony. Sealed into it at begin, enforced at finish.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "masterkey2/bytes.hpp"

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

/// What a registration's attestation must rest on (L3 §7.1 steps 23 and 24).
enum class AttestationTrustRule : std::uint8_t {
  kNone = 0,      ///< any valid statement will do
  kAaguids = 1,   ///< the authenticator names a model of the list; nobody has to prove it
  kAnchors = 2,   ///< certificates lead to one of the relying party's trust anchors
  kMetadata = 3,  ///< certificates lead to a root that FIDO metadata lists for the model
};

/// What not every relying party takes: refused unless it is allowed here.
struct LegacyAttestation {
  bool android_safetynet = false;  ///< the format; its service has ended
  bool tpm_sha1 = false;           ///< RS1 in a TPM's statement; never as a credential's algorithm
  /// fido-u2f beside an AAGUID that is not zero: a vector of the specification has it, and FIDO's
  /// conformance tests want it refused.
  bool u2f_aaguid = true;

  bool operator==(const LegacyAttestation&) const = default;
};

/// COSE algorithm identifiers (RFC 9053, RFC 8812).
inline constexpr std::int32_t kEs256 = -7;
inline constexpr std::int32_t kEdDsa = -8;
inline constexpr std::int32_t kRs256 = -257;

struct CeremonyPolicy {
  UserVerification user_verification = UserVerification::kRequired;
  std::vector<std::int32_t> algorithms = {kEs256, kEdDsa, kRs256};  ///< in order of preference
  AttestationConveyance attestation = AttestationConveyance::kNone;
  CounterPolicy counter = CounterPolicy::kFlag;
  bool allow_cross_origin = false;  ///< the tenant expects to be framed
  /// Allowed parents; empty: any, if framing is allowed.
  std::vector<std::string> top_origins{};
  AttestationTrustRule attestation_trust = AttestationTrustRule::kNone;
  /// Models that may register; empty: every one, unless the rule is kAaguids.
  std::vector<Aaguid> aaguids{};
  LegacyAttestation legacy_attestation{};
  bool allow_synced = true;  ///< credentials that may be backed up may register

  bool operator==(const CeremonyPolicy&) const = default;
};

}  // namespace masterkey2::webauthn
