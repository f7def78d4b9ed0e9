// Attestation statement formats (L3 §8): one file each, one table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cbor/cbor_value.hpp"
#include "webauthn/authenticator_data.hpp"
#include "webauthn/ceremony_policy.hpp"
#include "webauthn/cose_key.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

/// What a verification procedure gets. All borrowed.
struct AttestationInput {
  const CborValue& statement;
  ByteView authenticator_data;    ///< as sent
  const AuthenticatorData& data;  ///< parsed from it; with attested credential data
  const CoseKey& credential_key;
  ByteView client_data_hash;  ///< 32 B
  LegacyAttestation legacy{};
  std::optional<UnixMillis> now{};  ///< of the ceremony; absent: a statement's own time goes unread
};

/// A certificate chain in DER, leaf first.
using CertificatePath = std::vector<Bytes>;

/// What a valid statement amounts to (L3 §6.5.3).
struct AttestationOutcome {
  std::string type;  ///< `none`, `self`, `basic`, `attca`, `anonca`, `compound`
  /// What trust in it has to rest on; none for `none` and `self`, several for `compound`.
  std::vector<CertificatePath> trust_paths;
};

using AttestationVerdict = Checked<AttestationOutcome>;

struct AttestationFormat {
  std::string_view identifier;
  AttestationVerdict (*verify)(const AttestationInput& input);
  /// Null: always supported. Otherwise only where this is true.
  bool LegacyAttestation::*allowed_by = nullptr;
};

/// Exact, case-sensitive (L3 §8.1). Null if the format is not supported, or a legacy one that is
/// not allowed.
[[nodiscard]] const AttestationFormat* find_attestation_format(
    std::string_view identifier, const LegacyAttestation& legacy = {});

[[nodiscard]] AttestationVerdict verify_none_attestation(const AttestationInput& input);
[[nodiscard]] AttestationVerdict verify_packed_attestation(const AttestationInput& input);
[[nodiscard]] AttestationVerdict verify_fido_u2f_attestation(const AttestationInput& input);
[[nodiscard]] AttestationVerdict verify_tpm_attestation(const AttestationInput& input);
[[nodiscard]] AttestationVerdict verify_android_key_attestation(const AttestationInput& input);
[[nodiscard]] AttestationVerdict verify_apple_attestation(const AttestationInput& input);
[[nodiscard]] AttestationVerdict verify_android_safetynet_attestation(
    const AttestationInput& input);
[[nodiscard]] AttestationVerdict verify_compound_attestation(const AttestationInput& input);

}  // namespace masterkey2::webauthn
