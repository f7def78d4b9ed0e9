// Whose attestations a relying party trusts (L3 §7.1 steps 23 and 24).
#pragma once

#include <optional>
#include <vector>

#include "crypto/certificate.hpp"
#include "masterkey2/bytes.hpp"
#include "webauthn/attestation/attestation_format.hpp"
#include "webauthn/ceremony_policy.hpp"
#include "webauthn/metadata_blob.hpp"
#include "webauthn/verification_error.hpp"

namespace masterkey2::webauthn {

/// What there is to trust in. Immutable once made; many ceremonies share it.
struct AttestationTrust {
  std::vector<Certificate> anchors;      ///< roots, intermediates or single models
  std::optional<MetadataBlob> metadata;  ///< absent: none could be read
};

/// The registration that is judged.
struct AttestationSubject {
  const AttestationOutcome& outcome;
  const Aaguid& aaguid;
  UnixMillis now;  ///< when certificates have to be valid
};

/// Steps 23 and 24 by `policy.attestation_trust` and `policy.aaguids`. `trust` null: there is
/// nothing to trust in. With kAnchors, attestation without certificates (none, self) passes unless
/// `policy` asked for direct or enterprise attestation; with kMetadata never. With kNone no
/// certificate is parsed. kAuthenticatorNotAllowed, kAttestationUntrusted, kCertificateExpired.
[[nodiscard]] Verified<void> verify_attestation_trust(const AttestationSubject& subject,
                                                      const CeremonyPolicy& policy,
                                                      const AttestationTrust* trust);

}  // namespace masterkey2::webauthn
