// Reads next to L3 §7.1, "Registering a New Credential". Steps 1 and 2 (options, create()) come
// before, steps 3 and 4 are parse_registration_response, steps 26 to 29 belong to the caller.
#include "webauthn/registration.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"
#include "webauthn/attestation/attestation_format.hpp"
#include "webauthn/attestation_object.hpp"
#include "webauthn/attestation_trust.hpp"
#include "webauthn/authenticator_data.hpp"
#include "webauthn/ceremony_checks.hpp"
#include "webauthn/client_data.hpp"
#include "webauthn/cose_key.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::size_t kMaxCredentialIdSize = 1023;

/// Steps 5 to 11.
Verified<ClientData> verify_client_data(ByteView client_data_json,
                                        const RegistrationExpectations& expected) {
  // Steps 5 and 6: UTF-8 and JSON.
  auto client_data = parse_client_data(client_data_json);
  if (!client_data) return at_step("R6", std::move(client_data.error()));
  // Step 7: type.
  if (auto ok = verify_type(*client_data, "webauthn.create"); !ok) {
    return at_step("R7", std::move(ok.error()));
  }
  // Step 8: challenge.
  if (auto ok = verify_challenge(*client_data, expected.challenge); !ok) {
    return at_step("R8", std::move(ok.error()));
  }
  // Step 9: origin.
  if (auto ok = verify_origin(*client_data, expected.origins); !ok) {
    return at_step("R9", std::move(ok.error()));
  }
  // Step 10: crossOrigin.
  if (auto ok = verify_cross_origin(*client_data, expected.policy); !ok) {
    return at_step("R10", std::move(ok.error()));
  }
  // Step 11: topOrigin.
  if (auto ok = verify_top_origin(*client_data, expected.policy); !ok) {
    return at_step("R11", std::move(ok.error()));
  }
  return std::move(*client_data);
}

/// Step 18: where the policy wants credentials that stay on one device, this one does.
Checked<void> verify_backup_eligibility(const AuthenticatorData& data,
                                        const CeremonyPolicy& policy) {
  if (policy.allow_synced || !data.has(kBackupEligible)) return {};
  return Finding{Reason::kBackupNotAllowed, "BE is set"};
}

/// Steps 14 to 19.
Verified<void> verify_authenticator_data(const AuthenticatorData& data,
                                         const RegistrationExpectations& expected) {
  // Step 14: RP ID hash.
  if (auto ok = verify_rp_id_hash(data, expected.rp_id); !ok) {
    return at_step("R14", std::move(ok.error()));
  }
  // Step 15: user presence, unless the creation was conditional.
  if (auto ok = verify_user_presence(data); !ok && !expected.conditional) {
    return at_step("R15", std::move(ok.error()));
  }
  // Step 16: user verification.
  if (auto ok = verify_user_verification(data, expected.policy); !ok) {
    return at_step("R16", std::move(ok.error()));
  }
  // Step 17: BS only with BE.
  if (auto ok = verify_backup_flags(data); !ok) return at_step("R17", std::move(ok.error()));
  // Steps 18 and 19: BE as policy wants it; after step 17 that settles BS, too.
  if (auto ok = verify_backup_eligibility(data, expected.policy); !ok) {
    return at_step("R18", std::move(ok.error()));
  }
  return {};
}

Checked<void> verify_algorithm(const CoseKey& key, const CeremonyPolicy& policy) {
  const auto& offered = policy.algorithms;
  if (std::find(offered.begin(), offered.end(), key.algorithm->id) != offered.end()) return {};
  return Finding{Reason::kAlgorithmNotAllowed,
                 std::string(key.algorithm->name) + " was not offered"};
}

Checked<void> verify_credential_id_length(ByteView id) {
  if (!id.empty() && id.size() <= kMaxCredentialIdSize) return {};
  return Finding{Reason::kCredentialIdLength, std::to_string(id.size()) + " bytes"};
}

}  // namespace

Verified<RegistrationResult> verify_registration(const RegistrationResponse& response,
                                                 const RegistrationExpectations& expected) {
  // Steps 5 to 11.
  auto client_data = verify_client_data(response.client_data_json, expected);
  if (!client_data) return client_data.error();

  // Step 12: the hash is over the bytes as received.
  const Digest client_data_hash = sha256(response.client_data_json);

  // Step 13: attestation object, authenticator data, credential public key.
  const auto object = parse_attestation_object(response.attestation_object);
  if (!object) return at_step("R13", object.error());
  const auto data = parse_authenticator_data(object->authenticator_data);
  if (!data) return at_step("R13", data.error());
  if (!data->attested) {
    return at_step("R13", {Reason::kMalformedAuthenticatorData, "AT is clear"});
  }
  const auto key = parse_cose_key(data->attested->public_key);
  if (!key) {
    const bool unknown = key.error().reason == Reason::kAlgorithmNotAllowed;
    return at_step(unknown ? "R20" : "R13", key.error());
  }

  // Steps 14 to 19.
  if (auto ok = verify_authenticator_data(*data, expected); !ok) return ok.error();

  // Step 20: the algorithm was offered.
  if (auto ok = verify_algorithm(*key, expected.policy); !ok) return at_step("R20", ok.error());

  // Step 21: the format.
  const AttestationFormat* format =
      find_attestation_format(object->format, expected.policy.legacy_attestation);
  if (format == nullptr) {
    return at_step("R21", {Reason::kUnknownAttestationFormat, "fmt is " + quoted(object->format)});
  }

  // Step 22: the statement.
  const auto outcome =
      format->verify({object->statement, object->authenticator_data, *data, *key,
                      client_data_hash.view(), expected.policy.legacy_attestation, expected.now});
  if (!outcome) return at_step("R22", outcome.error());

  // Steps 23 and 24: the model and its trust anchors, as the relying party wants them.
  if (auto ok =
          verify_attestation_trust({*outcome, data->attested->aaguid, expected.now.value_or(0)},
                                   expected.policy, expected.trust);
      !ok) {
    return ok.error();
  }

  // Step 25: the credential ID's length. Then, beyond the specification: the response names the
  // credential that it carries.
  const ByteView credential_id = data->attested->credential_id;
  if (auto ok = verify_credential_id_length(credential_id); !ok) return at_step("R25", ok.error());
  if (!equal_bytes(response.id, credential_id)) {
    return at_step("R3", {Reason::kMalformedResponse, "id is not that of the authenticator data"});
  }

  return RegistrationResult{
      .credential_id = to_bytes(credential_id),
      .public_key = to_bytes(data->attested->public_key),
      .algorithm = key->algorithm->id,
      .aaguid = data->attested->aaguid,
      .sign_count = data->sign_count,
      .flags = data->flags,
      .user_verified = data->has(kUserVerified),
      .backup_eligible = data->has(kBackupEligible),
      .backup_state = data->has(kBackupState),
      .attestation_format = std::string(object->format),
      .attestation_type = outcome->type,
      .origin = std::move(*client_data->origin),
  };
}

}  // namespace masterkey2::webauthn
