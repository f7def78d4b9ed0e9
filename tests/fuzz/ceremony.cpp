#include "fuzz/ceremony.hpp"

#include "encoding/base64url.hpp"
#include "fuzz/fuzz_target.hpp"
#include "webauthn/algorithm.hpp"
#include "webauthn/attestation_trust.hpp"
#include "webauthn/client_data.hpp"

namespace masterkey2::fuzz {
namespace {

using namespace webauthn;

/// What the client data say, taken for what was asked; RP ID and key are those of the vectors.
struct Expected {
  explicit Expected(ByteView client_data_json) {
    policy.user_verification = UserVerification::kPreferred;
    policy.allow_cross_origin = true;
    policy.algorithms.clear();
    for (const Algorithm& algorithm : known_algorithms()) policy.algorithms.push_back(algorithm.id);
    const auto client_data = parse_client_data(client_data_json);
    if (!client_data) return;
    challenge = base64url_decode(client_data->challenge.value_or("")).value_or(Bytes());
    if (client_data->origin) origins.push_back(*client_data->origin);
  }

  CeremonyPolicy policy;
  Bytes challenge;
  std::vector<std::string> origins;
  std::string_view rp_id = "example.org";
};

}  // namespace

void verify_as_expected(const RegistrationResponse& response) {
  const Expected expected(response.client_data_json);
  const AttestationTrust trust;  // no anchors: chains are built, and none is trusted
  for (const AttestationTrust* chosen : {static_cast<const AttestationTrust*>(nullptr), &trust}) {
    CeremonyPolicy policy = expected.policy;
    policy.legacy_attestation = {.android_safetynet = true, .tpm_sha1 = true};
    if (chosen != nullptr) policy.attestation_trust = AttestationTrustRule::kAnchors;
    const RegistrationExpectations expectations = {.challenge = expected.challenge,
                                                   .rp_id = expected.rp_id,
                                                   .origins = expected.origins,
                                                   .policy = policy,
                                                   .conditional = true,
                                                   .trust = chosen};
    const auto verdict = verify_registration(response, expectations);
    const auto again = verify_registration(response, expectations);
    require(again.has_value() == verdict.has_value(), "decides the same twice");
    if (!verdict) {
      require(!verdict.error().step.empty() && !verdict.error().detail.empty(),
              "a refusal has a step and a reason");
      require(again.error().step == verdict.error().step, "refuses at the same step twice");
      continue;
    }
    require(verdict->credential_id == response.id, "a result names the credential");
    require(!verdict->public_key.empty() && verdict->public_key == again->public_key,
            "a result has a key");
    require(!verdict->attestation_type.empty(), "a result has a type of attestation");
  }
}

void verify_as_expected(const AuthenticationResponse& response) {
  // The public key of the vector none-es256, with which its assertion verifies.
  static const Bytes key =
      base64url_decode(
          "pQECAyYgASFYIK_voW-XypstI-uGzLZAmNINuQhWBi6yScM6m2cvJt9hIlggkwpWuHovymYzSwNFir-"
          "HlxfBLMaO1zKQry4mZHlrkiA")
          .value_or(Bytes());
  const Expected expected(response.client_data_json);
  const StoredCredential stored = {.public_key = key};
  const AuthenticationExpectations expectations = {.challenge = expected.challenge,
                                                   .rp_id = expected.rp_id,
                                                   .origins = expected.origins,
                                                   .policy = expected.policy,
                                                   .allow_credentials = {},
                                                   .user_named = true,
                                                   .credential = stored};
  const auto verdict = verify_authentication(response, expectations);
  const auto again = verify_authentication(response, expectations);
  require(again.has_value() == verdict.has_value(), "decides the same twice");
  if (!verdict) {
    require(!verdict.error().step.empty() && !verdict.error().detail.empty(),
            "a refusal has a step and a reason");
    require(again.error().step == verdict.error().step, "refuses at the same step twice");
  }
}

}  // namespace masterkey2::fuzz
