// What several attestation statement formats have in common.
#pragma once

#include <string>
#include <string_view>

#include "crypto/certificate.hpp"
#include "webauthn/attestation/attestation_format.hpp"

namespace masterkey2::webauthn {

/// kBadAttestation with the format's name in front of the detail.
[[nodiscard]] Finding bad_attestation(std::string_view format, std::string_view detail);

/// `alg` and `sig` of a statement. `also`: an algorithm that this format knows besides.
struct StatementSignature {
  const Algorithm* algorithm;  ///< never null
  ByteView signature;
};
[[nodiscard]] Checked<StatementSignature> parse_statement_signature(
    std::string_view format, const CborValue& statement, const Algorithm* also = nullptr);

/// `x5c` of a statement: one to eight certificates, the leaf parsed.
struct AttestationCertificates {
  Certificate leaf;
  PublicKey leaf_key;
  CertificatePath path;
};
[[nodiscard]] Checked<AttestationCertificates> parse_attestation_certificates(
    std::string_view format, const CborValue& statement);

/// id-fido-gen-ce-aaguid (L3 §8.2.1): if the leaf has the extension, it is not critical and names
/// this model.
[[nodiscard]] Checked<void> verify_aaguid_extension(std::string_view format,
                                                    const Certificate& leaf, const Aaguid& aaguid);

}  // namespace masterkey2::webauthn
