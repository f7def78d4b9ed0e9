#include "webauthn/attestation_trust.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "webauthn/aaguid_text.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {
namespace {

Finding untrusted(std::string detail) { return {Reason::kAttestationUntrusted, std::move(detail)}; }

/// What of `certificates` is one.
std::vector<Certificate> parse_all(const std::vector<Bytes>& certificates) {
  std::vector<Certificate> parsed;
  for (const Bytes& der : certificates) {
    if (auto certificate = Certificate::parse(der)) parsed.push_back(std::move(*certificate));
  }
  return parsed;
}

/// Step 23: the model is on the relying party's list, where it has one.
Checked<void> verify_listed(const Aaguid& aaguid, const CeremonyPolicy& policy) {
  const auto& list = policy.aaguids;
  const bool demanded = !list.empty() || policy.attestation_trust == AttestationTrustRule::kAaguids;
  if (!demanded || std::find(list.begin(), list.end(), aaguid) != list.end()) return {};
  return Finding{Reason::kAuthenticatorNotAllowed,
                 "model " + aaguid_text(aaguid) + " is not on the list"};
}

/// By AAGUID; without one (FIDO U2F) by the certificate that signed.
const MetadataEntry* find_entry(const MetadataBlob& metadata, const AttestationSubject& subject) {
  if (subject.aaguid != Aaguid()) return metadata.find(subject.aaguid);
  const auto& paths = subject.outcome.trust_paths;
  const auto chain = parse_all(paths.empty() ? CertificatePath() : paths.front());
  return chain.empty() ? nullptr : metadata.find_by_key(chain.front().key_identifier());
}

/// Step 23: what FIDO says about the model. Never null.
Checked<const MetadataEntry*> find_model(const AttestationSubject& subject,
                                         const AttestationTrust* trust) {
  if (trust == nullptr || !trust->metadata)
    return untrusted("there is no FIDO metadata to look at");
  const MetadataEntry* entry = find_entry(*trust->metadata, subject);
  if (entry == nullptr) {
    return untrusted("FIDO metadata does not know model " + aaguid_text(subject.aaguid));
  }
  if (!entry->fault.empty()) {
    return Finding{Reason::kAuthenticatorNotAllowed,
                   "FIDO metadata says " + entry->fault + " of " + quoted(entry->description)};
  }
  return entry;
}

/// Step 24: every path leads to one of `anchors`.
Checked<void> verify_paths(const AttestationSubject& subject,
                           std::span<const Certificate> anchors) {
  for (const CertificatePath& path : subject.outcome.trust_paths) {
    const std::vector<Certificate> chain = parse_all(path);
    if (chain.size() != path.size()) return untrusted("x5c holds no certificate");
    switch (verify_certificate_chain(chain, anchors, subject.now)) {
      case ChainVerdict::kTrusted:
        continue;
      case ChainVerdict::kExpired:
        return Finding{Reason::kCertificateExpired,
                       "a certificate has expired or is not yet valid"};
      case ChainVerdict::kUntrusted:
        return untrusted("the certificates lead to no trust anchor");
    }
  }
  return {};
}

/// Step 24: there are certificates at all.
Checked<void> verify_certified(const AttestationOutcome& outcome) {
  if (!outcome.trust_paths.empty()) return {};
  return untrusted("attestation is " + outcome.type + ", and certificates are wanted");
}

Verified<void> verify_by_anchors(const AttestationSubject& subject, const CeremonyPolicy& policy,
                                 const AttestationTrust* trust) {
  const bool wants_certificates = policy.attestation == AttestationConveyance::kDirect ||
                                  policy.attestation == AttestationConveyance::kEnterprise;
  if (auto ok = verify_certified(subject.outcome); !ok && wants_certificates) {
    return at_step("R24", std::move(ok.error()));
  }
  const auto anchors =
      trust == nullptr ? std::span<const Certificate>() : std::span(trust->anchors);
  if (auto ok = verify_paths(subject, anchors); !ok) return at_step("R24", std::move(ok.error()));
  return {};
}

Verified<void> verify_by_metadata(const AttestationSubject& subject,
                                  const AttestationTrust* trust) {
  auto entry = find_model(subject, trust);
  if (!entry) return at_step("R23", std::move(entry.error()));
  if (auto ok = verify_certified(subject.outcome); !ok) {
    return at_step("R24", std::move(ok.error()));
  }
  const std::vector<Certificate> roots = parse_all((*entry)->roots);
  if (auto ok = verify_paths(subject, roots); !ok) return at_step("R24", std::move(ok.error()));
  return {};
}

}  // namespace

Verified<void> verify_attestation_trust(const AttestationSubject& subject,
                                        const CeremonyPolicy& policy,
                                        const AttestationTrust* trust) {
  if (auto ok = verify_listed(subject.aaguid, policy); !ok) {
    return at_step("R23", std::move(ok.error()));
  }
  switch (policy.attestation_trust) {
    case AttestationTrustRule::kAnchors:
      return verify_by_anchors(subject, policy, trust);
    case AttestationTrustRule::kMetadata:
      return verify_by_metadata(subject, trust);
    case AttestationTrustRule::kNone:
    case AttestationTrustRule::kAaguids:
      break;
  }
  return {};
}

}  // namespace masterkey2::webauthn
