#include "webauthn/attestation_trust.hpp"

#include <utility>

namespace masterkey2::webauthn {
namespace {

Checked<void> verify_path(const CertificatePath& path, const AttestationTrust& trust) {
  std::vector<Certificate> chain;
  for (const ByteView der : path) {
    auto certificate = Certificate::parse(der);
    if (!certificate) return Finding{Reason::kAttestationUntrusted, "x5c holds no certificate"};
    chain.push_back(std::move(*certificate));
  }
  switch (verify_certificate_chain(chain, trust.anchors, trust.now)) {
    case ChainVerdict::kTrusted:
      return {};
    case ChainVerdict::kExpired:
      return Finding{Reason::kCertificateExpired, "a certificate has expired or is not yet valid"};
    case ChainVerdict::kUntrusted:
      break;
  }
  return Finding{Reason::kAttestationUntrusted, "the certificates lead to no trust anchor"};
}

}  // namespace

Checked<void> verify_attestation_trust(const AttestationOutcome& outcome,
                                       const CeremonyPolicy& policy,
                                       const AttestationTrust& trust) {
  const bool wants_certificates = policy.attestation == AttestationConveyance::kDirect ||
                                  policy.attestation == AttestationConveyance::kEnterprise;
  if (outcome.trust_paths.empty() && wants_certificates) {
    return Finding{Reason::kAttestationUntrusted,
                   "attestation is " + outcome.type + ", and certificates are wanted"};
  }
  for (const CertificatePath& path : outcome.trust_paths) {
    if (auto ok = verify_path(path, trust); !ok) return ok.error();
  }
  return {};
}

}  // namespace masterkey2::webauthn
