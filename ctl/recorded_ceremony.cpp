#include "ctl/recorded_ceremony.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "crypto/certificate.hpp"
#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "webauthn/algorithm.hpp"

namespace masterkey2::ctl {
namespace {

using webauthn::AttestationConveyance;
using webauthn::CeremonyPolicy;
using webauthn::CounterPolicy;
using webauthn::UserVerification;

/// Reads the members of one object; the first that is wrong is remembered, and the caller asks for
/// it once at the end.
class MemberReader {
 public:
  explicit MemberReader(const Json& object) : object_(object) {}

  /// Null if the member is missing.
  [[nodiscard]] const Json* find(std::string_view name) const {
    const auto member = object_.find(name);
    return member == object_.end() ? nullptr : &*member;
  }
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
constexpr std::array<std::pair<std::string_view, CounterPolicy>, 3> kCounterPolicy = {
    {{"flag", CounterPolicy::kFlag},
     {"ignore", CounterPolicy::kIgnore},
     {"refuse", CounterPolicy::kRefuse}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kMediation = {
    {{"conditional", true}, {"optional", false}}};

/// By COSE number or name.
std::int32_t read_algorithm(MemberReader& reader, const Json& item) {
  for (const webauthn::Algorithm& algorithm : webauthn::known_algorithms()) {
    if (item == algorithm.name || item == algorithm.id) return algorithm.id;
  }
  reader.refuse("policy.algorithms", "not a list of known algorithms");
  return 0;
}

void read_policy(MemberReader& reader, const Json& json, RecordedCeremony& ceremony) {
  if (!json.is_object()) return reader.refuse("policy", "not an object");
  constexpr std::array<std::string_view, 7> kKnown = {
      "trust_anchors",  "user_verification",  "algorithms", "attestation",
      "counter_policy", "allow_cross_origin", "top_origins"};
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
  policy.top_origins = members.texts(members.find("top_origins"), "top_origins");
  for (const Json* item : members.items(members.find("trust_anchors"), "trust_anchors")) {
    ceremony.trust_anchors.push_back(members.bytes(item, "trust_anchors"));
    if (!Certificate::parse(ceremony.trust_anchors.back())) {
      members.refuse("trust_anchors", "not a list of certificates in DER");
    }
  }
  if (const Json* list = members.find("algorithms")) {
    policy.algorithms.clear();
    for (const Json* item : members.items(list, "algorithms")) {
      policy.algorithms.push_back(read_algorithm(members, *item));
    }
  }
  if (members.error()) reader.refuse("policy", "wrong: " + members.error()->sentence);
}

void read_record(MemberReader& reader, RecordedCeremony& ceremony) {
  ceremony.public_key_cose = reader.bytes(reader.require("public_key_cose"), "public_key_cose");
  const Json* sign_count = reader.require("sign_count");
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
  reader.require("kind");
  reader.word("kind", kKinds, ceremony.kind);
  ceremony.rp_id = reader.text(reader.require("rp_id"), "rp_id");
  ceremony.origins = reader.texts(reader.require("origins"), "origins");
  ceremony.challenge = reader.bytes(reader.require("challenge"), "challenge");
  if (const Json* response = reader.require("response")) ceremony.response = *response;
  if (const Json* policy = reader.find("policy")) read_policy(reader, *policy, ceremony);
  if (const Json* time = reader.find("time")) {
    ceremony.time = parse_rfc3339(reader.text(time, "time"));
    if (!ceremony.time) reader.refuse("time", "not a date and time of RFC 3339");
  }
  if (ceremony.kind == CeremonyKind::kAuthentication) {
    read_record(reader, ceremony);
  } else {
    reader.word("mediation", kMediation, ceremony.conditional);
  }
  if (reader.error()) return *reader.error();
  return ceremony;
}

}  // namespace masterkey2::ctl
