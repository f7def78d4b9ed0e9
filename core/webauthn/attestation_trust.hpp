// Whose attestations a relying party trusts (L3 §7.1 steps 23 and 24).
#pragma once

#include <vector>

#include "crypto/certificate.hpp"
#include "masterkey2/bytes.hpp"
#include "webauthn/attestation/attestation_format.hpp"
#include "webauthn/ceremony_policy.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

struct AttestationTrust {
  std::vector<Certificate> anchors;  ///< roots, intermediates or single models
  UnixMillis now = 0;                ///< when certificates have to be valid
};

/// Every certificate path leads to an anchor. Attestation without certificates (none, self) is
/// trusted unless `policy` asked for direct or enterprise attestation. kAttestationUntrusted,
/// kCertificateExpired.
[[nodiscard]] Checked<void> verify_attestation_trust(const AttestationOutcome& outcome,
                                                     const CeremonyPolicy& policy,
                                                     const AttestationTrust& trust);

}  // namespace masterkey2::webauthn
