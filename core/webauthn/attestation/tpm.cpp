// TPM (L3 §8.3).
#include "crypto/der_reader.hpp"
#include "webauthn/attestation/statement_parts.hpp"
#include "webauthn/attestation/tpm_structures.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::string_view kFormat = "tpm";
/// What the TPMs of older computers sign with (RFC 8812 §2).
constexpr Algorithm kRs1 = {-65535, "RS1", "", SignatureAlgorithm::kRsaPkcs1Sha1, RsaKeyType{}};
constexpr const char* kSubjectAlternativeName = "2.5.29.17";
constexpr const char* kExtendedKeyUsage = "2.5.29.37";

// Contents of object identifiers: tcg-kp-AIKCertificate 2.23.133.8.3, and 2.23.133.2.1, .2 and .3
// for manufacturer, model and version of a TPM.
constexpr std::uint8_t kAikCertificate[] = {0x67, 0x81, 0x05, 0x08, 0x03};
constexpr std::uint8_t kTpmAttribute[] = {0x67, 0x81, 0x05, 0x02};

/// SEQUENCE OF OBJECT IDENTIFIER with tcg-kp-AIKCertificate in it.
bool is_for_attestation(ByteView key_usage) {
  DerReader outer(key_usage);
  DerReader list = outer.enter(kDerSequence);
  bool found = false;
  while (!list.at_end()) {
    found = equal_bytes(list.take(kDerObjectIdentifier), kAikCertificate) || found;
  }
  return list.complete() && outer.complete() && found;
}

/// The TPM attributes 1, 2 and 3 in a Name: bits 1, 2 and 3.
unsigned tpm_attributes(DerReader& name, bool& well_formed) {
  unsigned found = 0;
  while (!name.at_end()) {
    DerReader set = name.enter(kDerSet);
    while (!set.at_end()) {
      DerReader attribute = set.enter(kDerSequence);
      const ByteView type = attribute.take(kDerObjectIdentifier);
      static_cast<void>(attribute.next());  // the value, of any string type
      well_formed = well_formed && attribute.complete();
      const bool is_tpm = type.size() == 5 && equal_bytes(type.first(4), kTpmAttribute);
      if (is_tpm && type.back() >= 1 && type.back() <= 3) found |= 1U << type.back();
    }
    well_formed = well_formed && set.complete();
  }
  well_formed = well_formed && name.complete();
  return found;
}

/// GeneralNames with a directoryName that tells manufacturer, model and version of the TPM.
bool names_a_tpm(ByteView alternative_name) {
  constexpr DerTag kDirectoryName = der_explicit(4);
  DerReader outer(alternative_name);
  DerReader names = outer.enter(kDerSequence);
  unsigned found = 0;
  bool well_formed = true;
  while (const auto name = names.next()) {
    if (name->tag != kDirectoryName) continue;
    DerReader choice(name->content);
    DerReader sequence = choice.enter(kDerSequence);
    found |= tpm_attributes(sequence, well_formed);
    well_formed = well_formed && choice.complete();
  }
  return well_formed && names.complete() && outer.complete() && found == 0b1110;
}

/// L3 §8.3.1.
Checked<void> verify_certificate_requirements(const Certificate& leaf, const Aaguid& aaguid) {
  if (leaf.version() != 3) return bad_attestation(kFormat, "the certificate is not of version 3");
  if (leaf.has_subject()) return bad_attestation(kFormat, "the certificate has a subject");
  const auto name = leaf.extension(kSubjectAlternativeName);
  if (!name || !names_a_tpm(name->value)) {
    return bad_attestation(kFormat, "the certificate does not name a TPM");
  }
  const auto usage = leaf.extension(kExtendedKeyUsage);
  if (!usage || !is_for_attestation(usage->value)) {
    return bad_attestation(kFormat, "the certificate's key is not for attestation");
  }
  if (leaf.is_ca()) return bad_attestation(kFormat, "the certificate is that of a CA");
  return verify_aaguid_extension(kFormat, leaf, aaguid);
}

/// A member that is a byte string; null otherwise.
const ByteView* find_bytes(const CborValue& statement, std::string_view name) {
  const CborValue* member = statement.find(name);
  return member == nullptr ? nullptr : member->bytes();
}

}  // namespace

AttestationVerdict verify_tpm_attestation(const AttestationInput& input) {
  const CborValue* version = input.statement.find("ver");
  if (version == nullptr || version->text() == nullptr || *version->text() != "2.0") {
    return bad_attestation(kFormat, "ver is not \"2.0\"");
  }
  const auto signature =
      parse_statement_signature(kFormat, input.statement, input.legacy.tpm_sha1 ? &kRs1 : nullptr);
  if (!signature) return signature.error();
  auto certificates = parse_attestation_certificates(kFormat, input.statement);
  if (!certificates) return certificates.error();
  const ByteView* public_area_bytes = find_bytes(input.statement, "pubArea");
  const ByteView* certify_info_bytes = find_bytes(input.statement, "certInfo");
  if (public_area_bytes == nullptr || certify_info_bytes == nullptr) {
    return bad_attestation(kFormat, "pubArea or certInfo is missing or not a byte string");
  }

  const auto public_area = parse_tpm_public_area(*public_area_bytes);
  if (!public_area) return bad_attestation(kFormat, "pubArea is malformed");
  if (!public_area->key->equals(input.credential_key.key)) {
    return bad_attestation(kFormat, "pubArea is another key");
  }
  const auto info = parse_tpm_certify_info(*certify_info_bytes);
  if (!info) return bad_attestation(kFormat, "certInfo is malformed");
  const MessageDigest expected = message_digest(hash_of(signature->algorithm->signature),
                                                {input.authenticator_data, input.client_data_hash});
  if (!equal_bytes(info->extra_data, expected.view())) {
    return bad_attestation(kFormat, "certInfo is about another ceremony");
  }
  if (!equal_bytes(info->name, tpm_name(public_area->name_algorithm, *public_area_bytes))) {
    return bad_attestation(kFormat, "certInfo is about another key");
  }
  if (!certificates->leaf_key.verify(signature->algorithm->signature, {*certify_info_bytes},
                                     signature->signature)) {
    return bad_attestation(kFormat, "the signature does not verify");
  }
  if (auto ok = verify_certificate_requirements(certificates->leaf, input.data.attested->aaguid);
      !ok) {
    return ok.error();
  }
  return AttestationOutcome{"attca", {std::move(certificates->path)}};
}

}  // namespace masterkey2::webauthn
