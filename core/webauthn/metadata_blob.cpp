#include "webauthn/metadata_blob.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "encoding/base64.hpp"
#include "encoding/json.hpp"
#include "encoding/time_text.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/certified_jws.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::size_t kMaxSize = std::size_t{32} << 20;  // a real one has about 10 MiB
constexpr JsonLimits kLimits = {
    .max_bytes = kMaxSize, .max_depth = 16, .max_values = std::size_t{2} << 20};
constexpr std::size_t kMaxDescription = 200;
constexpr std::size_t kKeyIdentifierSize = 20;

/// AuthenticatorStatus (MDS 3.1 §3.1.4): those that speak against a model.
constexpr std::array<std::string_view, 5> kFaults = {
    "REVOKED", "USER_VERIFICATION_BYPASS", "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE", "USER_KEY_PHYSICAL_COMPROMISE"};

/// Null if there is no such member, or the parent is no object.
const Json* find_member(const Json& object, std::string_view name) {
  const auto member = object.find(name);  // of what is no object: end()
  return member == object.end() ? nullptr : &*member;
}

const std::string* find_text(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member == nullptr || !member->is_string() ? nullptr
                                                   : &member->get_ref<const std::string&>();
}

/// The texts of an array; none if there is no such array.
std::vector<std::string> texts_of(const Json& object, std::string_view name) {
  std::vector<std::string> texts;
  const Json* member = find_member(object, name);
  if (member == nullptr || !member->is_array()) return texts;
  for (const Json& item : *member) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

/// Certificates stand in the BLOB with line ends and blanks of their makers.
std::string without_blanks(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(),
                            [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }),
             text.end());
  return text;
}

std::optional<Bytes> parse_hex(std::string_view text) {
  if (text.size() != 2 * kKeyIdentifierSize) return std::nullopt;
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto high = kDigits.find(static_cast<char>(text[i] | 0x20));
    const auto low = kDigits.find(static_cast<char>(text[i + 1] | 0x20));
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

/// The latest report that speaks against the model. A later good one does not take it back: that
/// is for the operator to judge.
std::string fault_of(const Json& entry) {
  std::string fault;
  const Json* reports = find_member(entry, "statusReports");
  if (reports == nullptr) return fault;
  for (const Json& report : *reports) {
    const std::string* status = find_text(report, "status");
    if (status != nullptr && std::find(kFaults.begin(), kFaults.end(), *status) != kFaults.end()) {
      fault = *status;
    }
  }
  return fault;
}

MetadataEntry read_entry(const Json& entry, const Json& statement) {
  MetadataEntry read;
  if (const std::string* description = find_text(statement, "description")) {
    read.description = description->substr(0, kMaxDescription);
  }
  for (std::string& text : texts_of(statement, "attestationRootCertificates")) {
    if (auto der = base64_decode(without_blanks(std::move(text)))) {
      read.roots.push_back(std::move(*der));
    }
  }
  read.fault = fault_of(entry);
  return read;
}

std::string signer_fault(const CertifiedJws& jws, const MetadataSigner& signer, UnixMillis now) {
  if (!jws.chain.front().is_for_host(signer.host)) {
    return "it is not signed by " + std::string(signer.host);
  }
  switch (verify_certificate_chain(jws.chain, signer.roots, now)) {
    case ChainVerdict::kExpired:
      return "a certificate of its signer is not valid now";
    case ChainVerdict::kUntrusted:
      return "its signer's certificates do not lead to the root";
    case ChainVerdict::kTrusted:
      break;
  }
  return {};
}

}  // namespace

Result<MetadataBlob, std::string> MetadataBlob::parse(std::string_view jws,
                                                      const MetadataSigner& signer,
                                                      UnixMillis now) {
  if (jws.size() > kMaxSize) return std::string("it has more than 32 MiB");
  while (jws.ends_with('\n') || jws.ends_with('\r')) jws.remove_suffix(1);
  const auto opened = open_certified_jws(jws);
  if (!opened) return opened.error();
  if (auto fault = signer_fault(*opened, signer, now); !fault.empty()) return fault;
  const auto json = parse_json(as_text(opened->payload), kLimits);
  if (!json) return "its payload is " + json.error().detail;
  const Json* number = find_member(*json, "no");
  const std::string* next_update = find_text(*json, "nextUpdate");
  const auto due =
      next_update == nullptr ? std::nullopt : parse_rfc3339(*next_update + "T00:00:00Z");
  const Json* entries = find_member(*json, "entries");
  if (number == nullptr || !number->is_number_unsigned() || !due || entries == nullptr ||
      !entries->is_array()) {
    return std::string("it lacks no, nextUpdate or entries");
  }

  MetadataBlob blob;
  blob.number_ = number->get<std::uint64_t>();
  blob.next_update_ = *due;
  for (const Json& entry : *entries) {
    const Json* statement = find_member(entry, "metadataStatement");
    const std::size_t index = blob.entries_.size();
    const std::string* aaguid_member = find_text(entry, "aaguid");
    const auto aaguid = aaguid_member == nullptr ? std::nullopt : parse_aaguid(*aaguid_member);
    if (aaguid) blob.by_aaguid_[*aaguid] = index;
    for (const auto& text : texts_of(entry, "attestationCertificateKeyIdentifiers")) {
      if (auto key = parse_hex(text)) blob.by_key_[std::move(*key)] = index;
    }
    blob.entries_.push_back(read_entry(entry, statement == nullptr ? Json() : *statement));
  }
  return blob;
}

const MetadataEntry* MetadataBlob::find(const Aaguid& aaguid) const {
  const auto found = by_aaguid_.find(aaguid);
  return found == by_aaguid_.end() ? nullptr : &entries_[found->second];
}

const MetadataEntry* MetadataBlob::find_by_key(ByteView key_identifier) const {
  const auto found = by_key_.find(to_bytes(key_identifier));
  return found == by_key_.end() ? nullptr : &entries_[found->second];
}

}  // namespace masterkey2::webauthn
