// Packed (L3 §8.2).
#include "webauthn/attestation/statement_parts.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::string_view kFormat = "packed";

/// L3 §8.2.1.
Checked<void> verify_certificate_requirements(const Certificate& leaf, const Aaguid& aaguid) {
  if (leaf.version() != 3) return bad_attestation(kFormat, "the certificate is not of version 3");
  const auto country = leaf.subject_attribute("C");
  if (!country || country->size() != 2) {
    return bad_attestation(kFormat, "the certificate's subject has no country");
  }
  if (leaf.subject_attribute("O").value_or("").empty()) {
    return bad_attestation(kFormat, "the certificate's subject has no organization");
  }
  if (leaf.subject_attribute("OU") != "Authenticator Attestation") {
    return bad_attestation(kFormat, "the certificate's subject has another unit");
  }
  if (leaf.subject_attribute("CN").value_or("").empty()) {
    return bad_attestation(kFormat, "the certificate's subject has no common name");
  }
  if (leaf.is_ca()) return bad_attestation(kFormat, "the certificate is that of a CA");
  return verify_aaguid_extension(kFormat, leaf, aaguid);
}

/// A key of the manufacturer signs.
AttestationVerdict verify_with_certificates(const AttestationInput& input,
                                            const StatementSignature& signature) {
  auto certificates = parse_attestation_certificates(kFormat, input.statement);
  if (!certificates) return certificates.error();
  if (!certificates->leaf_key.verify(signature.algorithm->signature,
                                     {input.authenticator_data, input.client_data_hash},
                                     signature.signature)) {
    return bad_attestation(kFormat, "the signature does not verify");
  }
  if (auto ok = verify_certificate_requirements(certificates->leaf, input.data.attested->aaguid);
      !ok) {
    return ok.error();
  }
  return AttestationOutcome{"basic", {std::move(certificates->path)}};
}

/// The credential's own key signs.
AttestationVerdict verify_self(const AttestationInput& input, const StatementSignature& signature) {
  if (signature.algorithm != input.credential_key.algorithm) {
    return bad_attestation(kFormat, "alg is not the key's");
  }
  if (!input.credential_key.verify({input.authenticator_data, input.client_data_hash},
                                   signature.signature)) {
    return bad_attestation(kFormat, "the signature does not verify");
  }
  return AttestationOutcome{"self", {}};
}

}  // namespace

AttestationVerdict verify_packed_attestation(const AttestationInput& input) {
  const auto signature = parse_statement_signature(kFormat, input.statement);
  if (!signature) return signature.error();
  const bool has_certificates = input.statement.find("x5c") != nullptr;
  if (input.statement.map()->size() != (has_certificates ? 3U : 2U)) {
    return bad_attestation(kFormat, "more than alg, sig and x5c");
  }
  return has_certificates ? verify_with_certificates(input, *signature)
                          : verify_self(input, *signature);
}

}  // namespace masterkey2::webauthn
