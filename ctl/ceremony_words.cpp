#include "ctl/ceremony_words.hpp"

namespace masterkey2::ctl {

using webauthn::Reason;

std::string explanation(Reason reason) {
  switch (reason) {
    case Reason::kOriginMismatch:
      return "The page's origin is not one of the relying party's. Scheme, host and port must be "
             "listed exactly; an unlisted one is a wrong setting, or a phishing page.";
    case Reason::kChallengeMismatch:
      return "The response answers another challenge than the one given: it belongs to another "
             "ceremony, or was replayed.";
    case Reason::kRpIdMismatch:
      return "The credential belongs to another RP ID.";
    case Reason::kUserPresenceMissing:
      return "The authenticator did not see the user touch or confirm anything.";
    case Reason::kUserVerificationMissing:
      return "User verification is required, and the authenticator did not check PIN, fingerprint "
             "or face.";
    case Reason::kBadSignature:
      return "The signature is not one of the stored public key over this response: another key, "
             "or "
             "the response was changed on its way.";
    case Reason::kAlgorithmNotAllowed:
      return "The credential's algorithm is not one of those that were offered.";
    case Reason::kMalformedAttestationObject:
      return "The attestation object is not the CBOR that the specification prescribes.";
    case Reason::kAttestationUntrusted:
      return "The attestation is valid, but its certificates do not lead to a trusted root.";
    case Reason::kCounterRegression:
      return "The authenticator's sign count did not grow: the credential may exist twice.";
    case Reason::kMalformedResponse:
      return "The credential's JSON lacks a member, or one has the wrong form.";
    case Reason::kMalformedClientData:
      return "The client data is not a JSON object of the prescribed form.";
    case Reason::kWrongType:
      return "The response belongs to the other kind of ceremony.";
    case Reason::kCrossOriginNotAllowed:
      return "The page was framed by another origin, and the relying party does not allow that.";
    case Reason::kTopOriginMismatch:
      return "The page was framed by an origin that the relying party does not list.";
    case Reason::kMalformedAuthenticatorData:
      return "The authenticator data has a wrong length, or parts that its flags do not announce.";
    case Reason::kMalformedPublicKey:
      return "The credential public key is not a sound key of its algorithm.";
    case Reason::kBadBackupFlags:
      return "The credential says that it is backed up and that it cannot be.";
    case Reason::kBackupNotAllowed:
      return "The relying party does not allow credentials that can be backed up.";
    case Reason::kBackupEligibilityChanged:
      return "Whether the credential can be backed up differs from its registration.";
    case Reason::kUnknownAttestationFormat:
      return "The attestation statement has a format that is not supported.";
    case Reason::kBadAttestation:
      return "The attestation statement is not valid for this credential.";
    case Reason::kAuthenticatorNotAllowed:
      return "The relying party does not allow this model of authenticator.";
    case Reason::kCertificateExpired:
      return "A certificate of the attestation was not valid at the time.";
    case Reason::kCredentialIdLength:
      return "The credential ID has no bytes, or more than 1,023.";
    case Reason::kCredentialNotAllowed:
      return "The response uses a credential that the options did not list.";
    case Reason::kUserHandleMismatch:
      return "The response names another user than the credential's owner, or none.";
  }
  return "Verification failed.";
}

std::string accepted_registration(webauthn::AttestationTrustRule rule) {
  using webauthn::AttestationTrustRule;
  const std::string good = "Every step holds: the passkey was made for this challenge and page. ";
  switch (rule) {
    case AttestationTrustRule::kAaguids:
      return good + "It names a model of the list, which nothing has to prove.";
    case AttestationTrustRule::kAnchors:
      return good + "Certificates, where there are any, lead to a trust anchor.";
    case AttestationTrustRule::kMetadata:
      return good + "FIDO metadata knows the model, has nothing against it and lists its root.";
    case AttestationTrustRule::kNone:
      break;
  }
  return good + "Which authenticator made it was not asked for: any could have named this model.";
}

std::string accepted_authentication(ChallengeSource source) {
  const std::string good = "Every step holds: the owner of this key signed on one of these pages. ";
  switch (source) {
    case ChallengeSource::kFromNonce:
      return good + "The challenge was made from the nonce, so the proof is not an older one.";
    case ChallengeSource::kUnchecked:
      return good + "Without a nonce nobody can tell whether the proof is fresh or an older one.";
    case ChallengeSource::kGiven:
      break;
  }
  return good + "The challenge is the one given.";
}

}  // namespace masterkey2::ctl
