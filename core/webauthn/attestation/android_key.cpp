// Android Key (L3 §8.4).
#include <optional>

#include "crypto/der_reader.hpp"
#include "webauthn/attestation/statement_parts.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::string_view kFormat = "android-key";
constexpr const char* kKeyDescriptionExtension = "1.3.6.1.4.1.11129.2.1.17";

// Tags of an AuthorizationList, and the values that are wanted.
constexpr DerTag kPurpose = der_explicit(1);
constexpr DerTag kAllApplications = der_explicit(600);
constexpr DerTag kOrigin = der_explicit(702);
constexpr std::uint8_t kPurposeSign = 2;
constexpr std::uint8_t kOriginGenerated = 0;

/// What of the KeyDescription (Android's key attestation schema) matters here.
struct KeyDescription {
  ByteView challenge;
  DerReader software_enforced{{}};
  DerReader tee_enforced{{}};
};

std::optional<KeyDescription> parse_key_description(ByteView extension) {
  DerReader outer(extension);
  DerReader reader = outer.enter(kDerSequence);
  KeyDescription description;
  reader.take(kDerInteger);     // attestationVersion
  reader.take(kDerEnumerated);  // attestationSecurityLevel
  reader.take(kDerInteger);     // keymasterVersion
  reader.take(kDerEnumerated);  // keymasterSecurityLevel
  description.challenge = reader.take(kDerOctetString);
  reader.take(kDerOctetString);  // uniqueId
  description.software_enforced = reader.enter(kDerSequence);
  description.tee_enforced = reader.enter(kDerSequence);
  if (!reader.complete() || !outer.complete()) return std::nullopt;
  return description;
}

bool is_integer(ByteView content, std::uint8_t expected) {
  return content.size() == 1 && content.front() == expected;
}

/// SET OF INTEGER with `kPurposeSign` in it.
bool may_sign(ByteView purpose) {
  DerReader outer(purpose);
  DerReader set = outer.enter(kDerSet);
  bool found = false;
  while (!set.at_end()) found = is_integer(set.take(kDerInteger), kPurposeSign) || found;
  return set.complete() && outer.complete() && found;
}

bool is_generated(ByteView origin) {
  DerReader reader(origin);
  const ByteView value = reader.take(kDerInteger);
  return reader.complete() && is_integer(value, kOriginGenerated);
}

/// The key is bound to this application, was made on the device and is for signing. The
/// specification's own example has empty lists; so what is absent is not held against it.
Checked<void> verify_authorizations(DerReader list) {
  while (const auto item = list.next()) {
    if (item->tag == kAllApplications) {
      return bad_attestation(kFormat, "the key is for all applications");
    }
    if (item->tag == kOrigin && !is_generated(item->content)) {
      return bad_attestation(kFormat, "the key was not made on the device");
    }
    if (item->tag == kPurpose && !may_sign(item->content)) {
      return bad_attestation(kFormat, "the key is not for signing");
    }
  }
  if (list.failed()) return bad_attestation(kFormat, "an authorization list is malformed");
  return {};
}

}  // namespace

AttestationVerdict verify_android_key_attestation(const AttestationInput& input) {
  const auto signature = parse_statement_signature(kFormat, input.statement);
  if (!signature) return signature.error();
  auto certificates = parse_attestation_certificates(kFormat, input.statement);
  if (!certificates) return certificates.error();
  if (!certificates->leaf_key.verify(signature->algorithm->signature,
                                     {input.authenticator_data, input.client_data_hash},
                                     signature->signature)) {
    return bad_attestation(kFormat, "the signature does not verify");
  }
  if (!certificates->leaf_key.equals(input.credential_key.key)) {
    return bad_attestation(kFormat, "the certificate is for another key");
  }
  const auto extension = certificates->leaf.extension(kKeyDescriptionExtension);
  if (!extension) return bad_attestation(kFormat, "the certificate does not describe the key");
  const auto description = parse_key_description(extension->value);
  if (!description) return bad_attestation(kFormat, "the key's description is malformed");
  if (!equal_bytes(description->challenge, input.client_data_hash)) {
    return bad_attestation(kFormat, "the certificate answers another challenge");
  }
  for (const DerReader& list : {description->software_enforced, description->tee_enforced}) {
    if (auto ok = verify_authorizations(list); !ok) return ok.error();
  }
  return AttestationOutcome{"basic", {std::move(certificates->path)}};
}

}  // namespace masterkey2::webauthn
