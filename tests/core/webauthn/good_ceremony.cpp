#include "good_ceremony.hpp"

#include <map>

namespace masterkey2::webauthn {

const support::VirtualCredential& shared_credential(std::int32_t algorithm) {
  static std::map<std::int32_t, support::VirtualCredential> credentials;
  const auto known = credentials.find(algorithm);
  if (known != credentials.end()) return known->second;
  return credentials
      .emplace(algorithm, support::VirtualCredential::create(algorithm, Bytes(32, 0x55)))
      .first->second;
}

GoodCeremony::GoodCeremony(std::int32_t algorithm)
    : credential(shared_credential(algorithm)),
      challenge(32, 0xC5),
      public_key(credential.public_key),
      user_handle(credential.user_handle) {
  answer.challenge = challenge;
  answer.rp_id = rp_id;
  answer.origin = origins.front();
  policy.algorithms = {kEs256, kEdDsa, kRs256};
}

RegistrationResponse GoodCeremony::registration_response() const {
  return parse_registration_response(make_registration_response(credential, answer)).value();
}

AuthenticationResponse GoodCeremony::authentication_response() const {
  return parse_authentication_response(make_authentication_response(credential, answer)).value();
}

Verified<RegistrationResult> GoodCeremony::verify_registration() const {
  return verify_registration(registration_response());
}

Verified<RegistrationResult> GoodCeremony::verify_registration(
    const RegistrationResponse& response) const {
  return webauthn::verify_registration(response, {.challenge = challenge,
                                                  .rp_id = rp_id,
                                                  .origins = origins,
                                                  .policy = policy,
                                                  .conditional = conditional,
                                                  .trust = trust,
                                                  .now = now});
}

StoredCredential GoodCeremony::stored() const {
  return {.public_key = public_key,
          .sign_count = stored_sign_count,
          .backup_eligible = stored_backup_eligible,
          .user_handle = user_handle};
}

Verified<AuthenticationResult> GoodCeremony::verify_authentication() const {
  return verify_authentication(authentication_response());
}

Verified<AuthenticationResult> GoodCeremony::verify_authentication(
    const AuthenticationResponse& response) const {
  const StoredCredential record = stored();
  return webauthn::verify_authentication(response, {.challenge = challenge,
                                                    .rp_id = rp_id,
                                                    .origins = origins,
                                                    .policy = policy,
                                                    .allow_credentials = allow_credentials,
                                                    .user_named = user_named,
                                                    .credential = record});
}

Verified<void> GoodCeremony::verify_unknown() const {
  const StoredCredential nothing;
  return verify_unknown_credential(authentication_response(),
                                   {.challenge = challenge,
                                    .rp_id = rp_id,
                                    .origins = origins,
                                    .policy = policy,
                                    .allow_credentials = allow_credentials,
                                    .user_named = user_named,
                                    .credential = nothing});
}

}  // namespace masterkey2::webauthn
