// Registering a new credential (L3 §7.1). Pure: bytes in, verdict out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"
#include "webauthn/ceremony_policy.hpp"
#include "webauthn/verification_error.hpp"

namespace masterkey2::webauthn {

/// RegistrationResponseJSON (L3 §5.1.8), decoded.
struct RegistrationResponse {
  Bytes id;                ///< 1 B or more; step 25 bounds it
  Bytes client_data_json;  ///< as received
  Bytes attestation_object;
  std::vector<std::string> transports;  ///< as the client named them; unknown ones kept, bounded
  std::optional<bool> discoverable;     ///< clientExtensionResults.credProps.rk
};

/// Steps 3 and 4 (R3, R4). Unknown members are ignored, mistyped ones of ours refused.
[[nodiscard]] Verified<RegistrationResponse> parse_registration_response(const Json& json);

struct AttestationTrust;

struct RegistrationExpectations {
  ByteView challenge;  ///< the bytes that were sent
  std::string_view rp_id;
  std::span<const std::string> origins;  ///< exact
  const CeremonyPolicy& policy;
  bool conditional = false;  ///< mediation was `conditional`: user presence is not demanded
  /// What `policy.attestation_trust` rests on; null: nothing.
  const AttestationTrust* trust = nullptr;
  /// Absent: a time in the statement goes unread, and no certificate is valid.
  std::optional<UnixMillis> now{};
};

/// What is learnt from a good registration; the caller stores it (step 27).
struct RegistrationResult {
  Bytes credential_id;
  Bytes public_key;  ///< COSE_Key, exactly as in the authenticator data
  std::int32_t algorithm = 0;
  Aaguid aaguid;
  std::uint32_t sign_count = 0;
  std::uint8_t flags = 0;
  bool user_verified = false;
  bool backup_eligible = false;
  bool backup_state = false;
  std::string attestation_format;  ///< `none`, `packed`, …
  std::string attestation_type;    ///< `none`, `self`, `basic`, `attca`, `anonca`, `compound`
  std::string origin;              ///< as in the client data
};

/// Steps 5 to 25. Steps 26 (uniqueness) and 29 (storing) belong to the caller.
[[nodiscard]] Verified<RegistrationResult> verify_registration(
    const RegistrationResponse& response, const RegistrationExpectations& expected);

}  // namespace masterkey2::webauthn
