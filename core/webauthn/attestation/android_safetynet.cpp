// Android SafetyNet (L3 §8.5). Google has ended the service: only where a policy still allows it.
#include "crypto/sha256.hpp"
#include "encoding/base64.hpp"
#include "encoding/json.hpp"
#include "webauthn/attestation/statement_parts.hpp"
#include "webauthn/certified_jws.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::string_view kFormat = "android-safetynet";
constexpr std::string_view kHost = "attest.android.com";
constexpr JsonLimits kLimits = {.max_bytes = 16'384, .max_depth = 4, .max_values = 128};
// The service answers while the ceremony runs, by a clock of its own.
constexpr UnixMillis kMaxAge = 60'000;
constexpr UnixMillis kMaxAhead = 5'000;

/// `ver` and `response` of the statement.
Checked<std::string_view> parse_response(const CborValue& statement) {
  const CborValue* version = statement.find("ver");
  if (version == nullptr || version->text() == nullptr || version->text()->empty()) {
    return bad_attestation(kFormat, "ver is missing, empty or not text");
  }
  const CborValue* response = statement.find("response");
  if (response == nullptr || response->bytes() == nullptr || response->bytes()->empty()) {
    return bad_attestation(kFormat, "response is missing, empty or not a byte string");
  }
  return as_text(*response->bytes());
}

bool is_text(const Json& object, std::string_view name, const std::string& expected) {
  const auto member = object.find(name);
  return member != object.end() && *member == expected;
}

Checked<void> verify_time(const Json& answer, UnixMillis now) {
  const auto member = answer.find("timestampMs");
  if (member == answer.end() || !member->is_number_unsigned()) {
    return bad_attestation(kFormat, "timestampMs is missing or no number");
  }
  const auto at = member->get<std::uint64_t>();
  const auto earliest = static_cast<std::uint64_t>(now - kMaxAge);
  const auto latest = static_cast<std::uint64_t>(now + kMaxAhead);
  if (at < earliest || at > latest) {
    return bad_attestation(kFormat, "the response is from the future, or older than a minute");
  }
  return {};
}

}  // namespace

AttestationVerdict verify_android_safetynet_attestation(const AttestationInput& input) {
  const auto response = parse_response(input.statement);
  if (!response) return response.error();
  auto jws = open_certified_jws(*response);
  if (!jws) return bad_attestation(kFormat, jws.error());
  if (!jws->chain.front().is_for_host(kHost)) {
    return bad_attestation(kFormat, "the certificate is not that of attest.android.com");
  }
  const auto answer = parse_json(as_text(jws->payload), kLimits);
  if (!answer || !answer->is_object()) {
    return bad_attestation(kFormat, "the response is no JSON object");
  }
  const Digest nonce = sha256({input.authenticator_data, input.client_data_hash});
  if (!is_text(*answer, "nonce", base64_encode(nonce.view()))) {
    return bad_attestation(kFormat, "the response is about another ceremony");
  }
  const auto profile = answer->find("ctsProfileMatch");
  if (profile == answer->end() || *profile != true) {
    return bad_attestation(kFormat, "the device has no certified profile (ctsProfileMatch)");
  }
  if (input.now) {
    if (auto ok = verify_time(*answer, *input.now); !ok) return ok.error();
  }
  return AttestationOutcome{"basic", {std::move(jws->path)}};
}

}  // namespace masterkey2::webauthn
