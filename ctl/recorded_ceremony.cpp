#include "ctl/recorded_ceremony.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "crypto/certificate.hpp"
#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "service/bounded_file.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/algorithm.hpp"
#include "webauthn/client_data.hpp"
#include "webauthn/public_key_jwk.hpp"

namespace masterkey2::ctl {
namespace {

using webauthn::AttestationConveyance;
using webauthn::AttestationTrustRule;
using webauthn::CeremonyPolicy;
using webauthn::CounterPolicy;
using webauthn::UserVerification;

/// Null if there is no such member.
const Json* find_in(const Json& object, std::string_view name) {
  const auto member = object.find(name);
  return member == object.end() ? nullptr : &*member;
}

/// Reads the members of one object; the first that is wrong is remembered, and the caller asks for
/// it once at the end.
class MemberReader {
 public:
  explicit MemberReader(const Json& object) : object_(object) {}

  /// Null if the member is missing.
  [[nodiscard]] const Json* find(std::string_view name) const { return find_in(object_, name); }
  const Json* require(std::string_view name) {
    const Json* member = find(name);
    if (member == nullptr) refuse(name, "missing");
    return member;
  }
  std::string text(const Json* member, std::string_view name) {
    if (member == nullptr) return {};
    if (!member->is_string()) {
      refuse(name, "not text");
      return {};
    }
    return member->get<std::string>();
  }
  Bytes bytes(const Json* member, std::string_view name) {
    const auto decoded = base64url_decode(text(member, name));
    if (!decoded) refuse(name, "not base64url without padding");
    return decoded.value_or(Bytes());
  }
  std::optional<bool> boolean(std::string_view name) {
    const Json* member = find(name);
    if (member == nullptr) return std::nullopt;
    if (!member->is_boolean()) {
      refuse(name, "not a boolean");
      return std::nullopt;
    }
    return member->get<bool>();
  }
  std::vector<std::string> texts(const Json* member, std::string_view name) {
    std::vector<std::string> list;
    for (const Json* item : items(member, name)) list.push_back(text(item, name));
    return list;
  }
  /// The members of an array; none if it is missing.
  std::vector<const Json*> items(const Json* member, std::string_view name) {
    std::vector<const Json*> list;
    if (member == nullptr) return list;
    if (!member->is_array()) refuse(name, "not an array");
    if (member->is_array()) {
      for (const Json& item : *member) list.push_back(&item);
    }
    return list;
  }
  /// One of the words of a table.
  template <class T, std::size_t N>
  void word(std::string_view name, const std::array<std::pair<std::string_view, T>, N>& words,
            T& value) {
    const Json* member = find(name);
    if (member == nullptr) return;
    const std::string given = text(member, name);
    for (const auto& [known, meaning] : words) {
      if (given == known) {
        value = meaning;
        return;
      }
    }
    refuse(name, "not one of the known words");
  }
  void refuse(std::string_view name, std::string_view what) {
    if (!error_) error_ = BadLine{std::string(name) + " is " + std::string(what)};
  }
  [[nodiscard]] const std::optional<BadLine>& error() const { return error_; }

 private:
  const Json& object_;
  std::optional<BadLine> error_;
};

constexpr std::array<std::pair<std::string_view, CeremonyKind>, 2> kKinds = {
    {{"registration", CeremonyKind::kRegistration},
     {"authentication", CeremonyKind::kAuthentication}}};
constexpr std::array<std::pair<std::string_view, UserVerification>, 3> kUserVerification = {
    {{"required", UserVerification::kRequired},
     {"preferred", UserVerification::kPreferred},
     {"discouraged", UserVerification::kDiscouraged}}};
constexpr std::array<std::pair<std::string_view, AttestationConveyance>, 4> kAttestation = {
    {{"none", AttestationConveyance::kNone},
     {"indirect", AttestationConveyance::kIndirect},
     {"direct", AttestationConveyance::kDirect},
     {"enterprise", AttestationConveyance::kEnterprise}}};
constexpr std::array<std::pair<std::string_view, AttestationTrustRule>, 4> kAttestationTrust = {
    {{"none", AttestationTrustRule::kNone},
     {"aaguids", AttestationTrustRule::kAaguids},
     {"anchors", AttestationTrustRule::kAnchors},
     {"metadata", AttestationTrustRule::kMetadata}}};
constexpr std::array<std::pair<std::string_view, CounterPolicy>, 3> kCounterPolicy = {
    {{"flag", CounterPolicy::kFlag},
     {"ignore", CounterPolicy::kIgnore},
     {"refuse", CounterPolicy::kRefuse}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kMediation = {
    {{"conditional", true}, {"optional", false}}};

/// By COSE number or name.
std::int32_t read_algorithm(MemberReader& reader, const Json& item) {
  for (const webauthn::Algorithm& algorithm : webauthn::named_algorithms()) {
    if (item == algorithm.name || item == algorithm.id) return algorithm.id;
  }
  reader.refuse("policy.algorithms", "not a list of known algorithms");
  return 0;
}

std::vector<Bytes> read_certificates(MemberReader& reader, const Json* list,
                                     std::string_view name) {
  std::vector<Bytes> certificates;
  for (const Json* item : reader.items(list, name)) {
    certificates.push_back(reader.bytes(item, name));
    if (!Certificate::parse(certificates.back())) {
      reader.refuse(name, "not a list of certificates in DER");
    }
  }
  return certificates;
}

/// The BLOB itself, or the path of a file that holds it.
void read_metadata(MemberReader& reader, RecordedCeremony& ceremony) {
  constexpr std::size_t kMaxSize = std::size_t{32} << 20;
  ceremony.metadata_roots =
      read_certificates(reader, reader.find("metadata_root"), "metadata_root");
  if (const Json* host = reader.find("metadata_host")) {
    ceremony.metadata_host = reader.text(host, "metadata_host");
  }
  ceremony.metadata = reader.text(reader.find("metadata"), "metadata");
  if (!ceremony.metadata.starts_with('/')) return;
  auto file = read_bounded_file(ceremony.metadata, kMaxSize);
  if (!file) reader.refuse("metadata", "a file, but " + file.error().clause);
  ceremony.metadata = file ? std::move(*file) : std::string();
}

webauthn::LegacyAttestation read_legacy(MemberReader& reader, const Json& list) {
  using webauthn::LegacyAttestation;
  constexpr std::array<std::pair<std::string_view, bool LegacyAttestation::*>, 3> kWords = {
      {{"android-safetynet", &LegacyAttestation::android_safetynet},
       {"tpm-rs1", &LegacyAttestation::tpm_sha1},
       {"u2f-aaguid", &LegacyAttestation::u2f_aaguid}}};
  LegacyAttestation legacy = {.android_safetynet = false, .tpm_sha1 = false, .u2f_aaguid = false};
  for (const std::string& text : reader.texts(&list, "legacy_attestation")) {
    const auto* const word = std::find_if(kWords.begin(), kWords.end(),
                                          [&](const auto& row) { return row.first == text; });
    if (word == kWords.end()) {
      reader.refuse("legacy_attestation", "not a list of the known words");
    } else {
      legacy.*word->second = true;
    }
  }
  return legacy;
}

/// What is trusted: as said, or by what there is.
void read_trust(MemberReader& reader, RecordedCeremony& ceremony) {
  CeremonyPolicy& policy = ceremony.policy;
  for (const std::string& text : reader.texts(reader.find("aaguids"), "aaguids")) {
    const auto aaguid = webauthn::parse_aaguid(text);
    if (!aaguid) reader.refuse("aaguids", "not a list of AAGUIDs");
    policy.aaguids.push_back(aaguid.value_or(Aaguid()));
  }
  if (const Json* list = reader.find("legacy_attestation")) {
    policy.legacy_attestation = read_legacy(reader, *list);
  }
  if (!ceremony.metadata.empty()) {
    policy.attestation_trust = AttestationTrustRule::kMetadata;
  } else if (!ceremony.trust_anchors.empty()) {
    policy.attestation_trust = AttestationTrustRule::kAnchors;
  } else if (!policy.aaguids.empty()) {
    policy.attestation_trust = AttestationTrustRule::kAaguids;
  }
  reader.word("attestation_trust", kAttestationTrust, policy.attestation_trust);
}

void read_policy(MemberReader& reader, const Json& json, RecordedCeremony& ceremony) {
  if (!json.is_object()) return reader.refuse("policy", "not an object");
  constexpr std::array<std::string_view, 14> kKnown = {
      "trust_anchors",  "user_verification",  "algorithms",  "attestation",
      "counter_policy", "allow_cross_origin", "top_origins", "attestation_trust",
      "aaguids",        "legacy_attestation", "metadata",    "metadata_root",
      "metadata_host",  "synced_passkeys"};
  for (const auto& [name, value] : json.items()) {
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
      reader.refuse("policy." + name, "not supported");
    }
  }
  CeremonyPolicy& policy = ceremony.policy;
  MemberReader members(json);
  members.word("user_verification", kUserVerification, policy.user_verification);
  members.word("attestation", kAttestation, policy.attestation);
  members.word("counter_policy", kCounterPolicy, policy.counter);
  policy.allow_cross_origin =
      members.boolean("allow_cross_origin").value_or(policy.allow_cross_origin);
  policy.allow_synced = members.boolean("synced_passkeys").value_or(policy.allow_synced);
  policy.top_origins = members.texts(members.find("top_origins"), "top_origins");
  ceremony.trust_anchors =
      read_certificates(members, members.find("trust_anchors"), "trust_anchors");
  read_metadata(members, ceremony);
  read_trust(members, ceremony);
  if (const Json* list = members.find("algorithms")) {
    policy.algorithms.clear();
    for (const Json* item : members.items(list, "algorithms")) {
      policy.algorithms.push_back(read_algorithm(members, *item));
    }
  }
  if (members.error()) reader.refuse("policy", "wrong: " + members.error()->sentence);
}

/// `public_key_cose`, or `public_key_jwk` as in the list of a user's credentials.
void read_public_key(MemberReader& reader, const Json* proof, RecordedCeremony& ceremony) {
  const Json* jwk = reader.find("public_key_jwk");
  if (jwk == nullptr) {
    ceremony.public_key_cose = reader.bytes(reader.require("public_key_cose"), "public_key_cose");
    return;
  }
  const Json* alg = proof == nullptr ? nullptr : find_in(*proof, "alg");
  const bool has_number = alg != nullptr && alg->is_number_integer();
  auto key = webauthn::cose_key_from_jwk(
      *jwk, has_number ? std::optional(alg->get<std::int32_t>()) : std::nullopt);
  if (!key) reader.refuse("public_key_jwk", "not a public key of a known algorithm");
  ceremony.public_key_cose = key.value_or(Bytes());
}

/// What verify-auth forwards, turned into the response that it was made of.
void read_proof(MemberReader& reader, const Json& proof, RecordedCeremony& ceremony) {
  if (!proof.is_object()) return reader.refuse("proof", "not an object");
  MemberReader members(proof);
  const auto text = [&](std::string_view name) {
    return members.text(members.require(name), name);
  };
  const std::string id = text("credential_id");
  const std::string client_data = text("client_data_json");
  ceremony.kind = CeremonyKind::kAuthentication;
  ceremony.response = {{"id", id},
                       {"rawId", id},
                       {"type", "public-key"},
                       {"response",
                        {{"clientDataJSON", client_data},
                         {"authenticatorData", text("authenticator_data")},
                         {"signature", text("signature")}}}};
  if (const Json* nonce = reader.find("nonce")) {
    const Bytes salt = members.bytes(members.require("challenge_salt"), "challenge_salt");
    ceremony.challenge =
        to_bytes(sha256({as_bytes("mk2"), reader.bytes(nonce, "nonce"), salt}).view());
    ceremony.challenge_source = ChallengeSource::kFromNonce;
  } else if (reader.find("challenge") == nullptr) {
    const auto bytes = base64url_decode(client_data);
    const auto parsed = webauthn::parse_client_data(bytes.value_or(Bytes()));
    const auto challenge = parsed ? base64url_decode(parsed->challenge.value_or("")) : std::nullopt;
    ceremony.challenge = challenge.value_or(Bytes());
    ceremony.challenge_source = ChallengeSource::kUnchecked;
  }
  if (members.error()) reader.refuse("proof", "wrong: " + members.error()->sentence);
}

void read_record(MemberReader& reader, const Json* proof, RecordedCeremony& ceremony) {
  read_public_key(reader, proof, ceremony);
  const Json* sign_count =
      proof == nullptr ? reader.require("sign_count") : reader.find("sign_count");
  if (sign_count == nullptr) ceremony.policy.counter = CounterPolicy::kIgnore;
  if (sign_count != nullptr) {
    if (sign_count->is_number_unsigned() &&
        sign_count->get<std::uint64_t>() <= std::numeric_limits<std::uint32_t>::max()) {
      ceremony.sign_count = sign_count->get<std::uint32_t>();
    } else {
      reader.refuse("sign_count", "not an integer from 0 to 4294967295");
    }
  }
  ceremony.backup_eligible = reader.boolean("backup_eligible");
  if (const Json* handle = reader.find("user_handle")) {
    ceremony.user_handle = reader.bytes(handle, "user_handle");
  }
  if (const Json* list = reader.find("allow_credentials")) {
    ceremony.allow_credentials.emplace();
    for (const Json* item : reader.items(list, "allow_credentials")) {
      ceremony.allow_credentials->push_back(reader.bytes(item, "allow_credentials"));
    }
  }
}

}  // namespace

Result<RecordedCeremony, BadLine> parse_recorded_ceremony(const Json& line) {
  if (!line.is_object()) return BadLine{"the line is not a JSON object"};
  RecordedCeremony ceremony;
  MemberReader reader(line);
  const Json* proof = reader.find("proof");
  if (proof == nullptr) reader.require("kind");
  reader.word("kind", kKinds, ceremony.kind);
  ceremony.rp_id = reader.text(reader.require("rp_id"), "rp_id");
  ceremony.origins = reader.texts(reader.require("origins"), "origins");
  if (proof == nullptr || reader.find("challenge") != nullptr) {
    ceremony.challenge = reader.bytes(reader.require("challenge"), "challenge");
  }
  if (proof != nullptr) {
    read_proof(reader, *proof, ceremony);
  } else if (const Json* response = reader.require("response")) {
    ceremony.response = *response;
  }
  if (const Json* policy = reader.find("policy")) read_policy(reader, *policy, ceremony);
  if (const Json* time = reader.find("time")) {
    ceremony.time = parse_rfc3339(reader.text(time, "time"));
    if (!ceremony.time) reader.refuse("time", "not a date and time of RFC 3339");
  }
  if (ceremony.kind == CeremonyKind::kAuthentication) {
    read_record(reader, proof, ceremony);
  } else {
    reader.word("mediation", kMediation, ceremony.conditional);
  }
  if (reader.error()) return *reader.error();
  return ceremony;
}

}  // namespace masterkey2::ctl
