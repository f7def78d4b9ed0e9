#include "ctl/ceremony_verdict.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "ctl/ceremony_words.hpp"
#include "ctl/recorded_ceremony.hpp"
#include "encoding/base64url.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/algorithm.hpp"
#include "webauthn/attestation_object.hpp"
#include "webauthn/attestation_trust.hpp"
#include "webauthn/authentication.hpp"
#include "webauthn/authenticator_data.hpp"
#include "webauthn/client_data.hpp"
#include "webauthn/cose_key.hpp"
#include "webauthn/public_key_jwk.hpp"
#include "webauthn/registration.hpp"

namespace masterkey2::ctl {
namespace {

using webauthn::VerificationError;

constexpr JsonLimits kLineLimits = {.max_bytes = 262'144, .max_depth = 16, .max_values = 8'192};

Json flags_json(const webauthn::AuthenticatorData& data) {
  return {{"up", data.has(webauthn::kUserPresent)},
          {"uv", data.has(webauthn::kUserVerified)},
          {"be", data.has(webauthn::kBackupEligible)},
          {"bs", data.has(webauthn::kBackupState)},
          {"at", data.has(webauthn::kAttestedIncluded)},
          {"ed", data.has(webauthn::kExtensionsIncluded)}};
}

// What can be read is told, whatever the verdict: an operator wants to see what was sent.

void describe_client_data(ByteView client_data_json, Json& answer) {
  const auto client_data = webauthn::parse_client_data(client_data_json);
  if (client_data && client_data->origin) answer["origin"] = *client_data->origin;
}

void describe_public_key(ByteView public_key, Json& answer) {
  const auto jwk = webauthn::public_key_jwk(public_key);
  if (jwk) answer["public_key_jwk"] = *jwk;
  const auto key = webauthn::parse_cose_key(public_key);
  if (!key) return;
  answer["alg"] = key->algorithm->id;
  answer["alg_name"] = key->algorithm->name;
}

void describe_authenticator_data(ByteView bytes, Json& answer) {
  const auto data = webauthn::parse_authenticator_data(bytes);
  if (!data) return;
  answer["flags"] = flags_json(*data);
  answer["sign_count"] = data->sign_count;
  if (!data->attested) return;
  answer["aaguid"] = webauthn::aaguid_text(data->attested->aaguid);
  answer["credential_id"] = base64url_encode(data->attested->credential_id);
  describe_public_key(data->attested->public_key, answer);
}

void reject(const VerificationError& error, Json& answer) {
  answer["verdict"] = "reject";
  answer["reason"] = webauthn::reason_word(error.reason);
  answer["step"] = error.step;
  answer["explanation"] = explanation(error.reason) + " Found: " + error.detail + ".";
}

UnixMillis time_of(const RecordedCeremony& ceremony) {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return ceremony.time.value_or(std::chrono::duration_cast<milliseconds>(now).count());
}

std::vector<Certificate> parse_certificates(const std::vector<Bytes>& list) {
  std::vector<Certificate> certificates;
  for (const Bytes& der : list) {
    if (auto certificate = Certificate::parse(der)) certificates.push_back(std::move(*certificate));
  }
  return certificates;
}

/// What the line gives to trust in. Metadata that cannot be used is told in the answer.
webauthn::AttestationTrust trust_of(const RecordedCeremony& ceremony, Json& answer) {
  webauthn::AttestationTrust trust;
  trust.anchors = parse_certificates(ceremony.trust_anchors);
  if (ceremony.metadata.empty()) return trust;
  const auto roots = parse_certificates(ceremony.metadata_roots);
  auto blob = webauthn::MetadataBlob::parse(ceremony.metadata, {roots, ceremony.metadata_host},
                                            time_of(ceremony));
  if (blob) {
    trust.metadata = std::move(*blob);
  } else {
    answer["metadata_error"] = blob.error();
  }
  return trust;
}

void judge_registration(const RecordedCeremony& ceremony, Json& answer) {
  const auto response = webauthn::parse_registration_response(ceremony.response);
  if (!response) return reject(response.error(), answer);
  answer["credential_id"] = base64url_encode(response->id);
  describe_client_data(response->client_data_json, answer);
  if (const auto object = webauthn::parse_attestation_object(response->attestation_object)) {
    answer["fmt"] = object->format;
    describe_authenticator_data(object->authenticator_data, answer);
  }
  const webauthn::AttestationTrust trust = trust_of(ceremony, answer);
  const auto result = webauthn::verify_registration(*response, {.challenge = ceremony.challenge,
                                                                .rp_id = ceremony.rp_id,
                                                                .origins = ceremony.origins,
                                                                .policy = ceremony.policy,
                                                                .conditional = ceremony.conditional,
                                                                .trust = &trust,
                                                                .now = time_of(ceremony)});
  if (!result) return reject(result.error(), answer);
  answer["verdict"] = "accept";
  answer["attestation_type"] = result->attestation_type;
  answer["explanation"] = accepted_registration(ceremony.policy.attestation_trust);
}

void judge_authentication(const RecordedCeremony& ceremony, Json& answer) {
  const auto response = webauthn::parse_authentication_response(ceremony.response);
  if (!response) return reject(response.error(), answer);
  answer["credential_id"] = base64url_encode(response->id);
  describe_client_data(response->client_data_json, answer);
  describe_authenticator_data(response->authenticator_data, answer);
  describe_public_key(ceremony.public_key_cose, answer);

  const webauthn::StoredCredential stored = {.public_key = ceremony.public_key_cose,
                                             .sign_count = ceremony.sign_count,
                                             .backup_eligible = ceremony.backup_eligible,
                                             .user_handle = ceremony.user_handle};
  // An empty list says that the user was to be discovered; without a list that is not known.
  const bool discovered = ceremony.allow_credentials && ceremony.allow_credentials->empty();
  const std::vector<Bytes> listed = ceremony.allow_credentials.value_or(std::vector<Bytes>());
  const auto result = webauthn::verify_authentication(*response, {.challenge = ceremony.challenge,
                                                                  .rp_id = ceremony.rp_id,
                                                                  .origins = ceremony.origins,
                                                                  .policy = ceremony.policy,
                                                                  .allow_credentials = listed,
                                                                  .user_named = !discovered,
                                                                  .credential = stored});
  if (!result) return reject(result.error(), answer);
  answer["verdict"] = "accept";
  answer["counter_regressed"] = result->counter_regressed;
  answer["challenge_checked"] = ceremony.challenge_source != ChallengeSource::kUnchecked;
  answer["explanation"] = accepted_authentication(ceremony.challenge_source);
}

/// The line's own id, if it is a simple value.
Json id_of(const Json& line) {
  if (!line.is_object() || !line.contains("id") || line.at("id").is_structured()) return nullptr;
  return line.at("id");
}

}  // namespace

Json judge_ceremony(std::string_view line) {
  Json answer = {{"id", nullptr}};
  const auto json = parse_json(line, kLineLimits);
  if (!json) {
    answer["error"] = "the line is not JSON: " + json.error().detail;
    return answer;
  }
  answer["id"] = id_of(*json);
  const auto ceremony = parse_recorded_ceremony(*json);
  if (!ceremony) {
    answer["error"] = ceremony.error().sentence;
    return answer;
  }
  if (ceremony->kind == CeremonyKind::kRegistration) {
    judge_registration(*ceremony, answer);
  } else {
    judge_authentication(*ceremony, answer);
  }
  return answer;
}

}  // namespace masterkey2::ctl
