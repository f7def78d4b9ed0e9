#include "webauthn/attestation/attestation_format.hpp"

namespace masterkey2::webauthn {
namespace {

Finding bad(std::string_view detail) {
  return {Reason::kBadAttestation, "packed: " + std::string(detail)};
}

}  // namespace

// L3 §8.2.
AttestationVerdict verify_packed_attestation(const AttestationInput& input) {
  const CborValue* alg = input.statement.find("alg");
  if (alg == nullptr || alg->integer() == nullptr) return bad("alg is missing or no integer");
  const CborValue* sig = input.statement.find("sig");
  if (sig == nullptr || sig->bytes() == nullptr) return bad("sig is missing or not a byte string");
  if (input.statement.find("x5c") != nullptr) {
    return Finding{Reason::kUnknownAttestationFormat, "packed: with certificates"};
  }
  if (input.statement.map()->size() != 2) return bad("more than alg and sig");

  // Self attestation: the credential's own key signs.
  if (*alg->integer() != input.credential_key.algorithm->id) return bad("alg is not the key's");
  if (!input.credential_key.verify({input.authenticator_data, input.client_data_hash},
                                   *sig->bytes())) {
    return bad("the signature does not verify");
  }
  return AttestationOutcome{"self"};
}

}  // namespace masterkey2::webauthn
