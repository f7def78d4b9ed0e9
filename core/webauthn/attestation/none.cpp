#include "webauthn/attestation/attestation_format.hpp"

namespace masterkey2::webauthn {

// L3 §8.7.
AttestationVerdict verify_none_attestation(const AttestationInput& input) {
  if (input.statement.map() == nullptr || !input.statement.map()->empty()) {
    return Finding{Reason::kBadAttestation, "none: the statement is not an empty map"};
  }
  return AttestationOutcome{"none", {}};
}

}  // namespace masterkey2::webauthn
