// Apple anonymous (L3 §8.8).
#include "crypto/der_reader.hpp"
#include "crypto/sha256.hpp"
#include "webauthn/attestation/statement_parts.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::string_view kFormat = "apple";
constexpr const char* kNonceExtension = "1.2.840.113635.100.8.2";

}  // namespace

AttestationVerdict verify_apple_attestation(const AttestationInput& input) {
  auto certificates = parse_attestation_certificates(kFormat, input.statement);
  if (!certificates) return certificates.error();

  const Digest nonce = sha256({input.authenticator_data, input.client_data_hash});
  const auto extension = certificates->leaf.extension(kNonceExtension);
  if (!extension) return bad_attestation(kFormat, "the certificate has no nonce");
  // SEQUENCE { [1] EXPLICIT OCTET STRING }
  DerReader outer(extension->value);
  DerReader sequence = outer.enter(kDerSequence);
  DerReader tagged = sequence.enter(der_explicit(1));
  const ByteView value = tagged.take(kDerOctetString);
  const bool whole = outer.complete() && sequence.complete() && tagged.complete();
  if (!whole || !equal_bytes(value, nonce.view())) {
    return bad_attestation(kFormat, "the certificate's nonce is another");
  }
  if (!certificates->leaf_key.equals(input.credential_key.key)) {
    return bad_attestation(kFormat, "the certificate is for another key");
  }
  return AttestationOutcome{"anonca", {std::move(certificates->path)}};
}

}  // namespace masterkey2::webauthn
