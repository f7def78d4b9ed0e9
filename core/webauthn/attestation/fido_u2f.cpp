// FIDO U2F (L3 §8.6).
#include <variant>

#include "cbor/cbor_parser.hpp"
#include "webauthn/attestation/statement_parts.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::string_view kFormat = "fido-u2f";

/// 0x04 | x | y of an ES256 key, which has been found sound.
Checked<Bytes> uncompressed_point(const AttestationInput& input) {
  if (input.credential_key.algorithm->id != -7) {
    return bad_attestation(kFormat, "the credential key is not one of ES256");
  }
  const auto key = parse_cbor(input.data.attested->public_key);
  if (!key) return bad_attestation(kFormat, "the credential key is not CBOR");
  const auto parameters = read_cose_key(*key);
  if (!parameters) return parameters.error();
  Bytes point = {0x04};
  point.insert(point.end(), parameters->x.begin(), parameters->x.end());
  point.insert(point.end(), parameters->y.begin(), parameters->y.end());
  return point;
}

}  // namespace

AttestationVerdict verify_fido_u2f_attestation(const AttestationInput& input) {
  const CborValue* sig = input.statement.find("sig");
  if (sig == nullptr || sig->bytes() == nullptr) {
    return bad_attestation(kFormat, "sig is missing or not a byte string");
  }
  auto certificates = parse_attestation_certificates(kFormat, input.statement);
  if (!certificates) return certificates.error();
  if (input.statement.map()->size() != 2) return bad_attestation(kFormat, "more than sig and x5c");
  if (certificates->path.size() != 1) {
    return bad_attestation(kFormat, "x5c has more than one certificate");
  }
  if (certificates->leaf.curve() != EcCurve::kP256) {
    return bad_attestation(kFormat, "the certificate's key is not on P-256");
  }
  if (!input.legacy.u2f_aaguid && input.data.attested->aaguid != Aaguid()) {
    return bad_attestation(kFormat, "the AAGUID is not zero");
  }
  const auto point = uncompressed_point(input);
  if (!point) return point.error();
  constexpr std::uint8_t kReserved[] = {0};
  if (!certificates->leaf_key.verify(SignatureAlgorithm::kEcdsaSha256,
                                     {kReserved, input.data.rp_id_hash, input.client_data_hash,
                                      input.data.attested->credential_id, *point},
                                     *sig->bytes())) {
    return bad_attestation(kFormat, "the signature does not verify");
  }
  return AttestationOutcome{"basic", {std::move(certificates->path)}};
}

}  // namespace masterkey2::webauthn
