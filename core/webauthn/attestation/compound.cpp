// Compound (L3 §8.9): two or more statements about one credential, each of which must be valid.
#include "webauthn/attestation/statement_parts.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::string_view kFormat = "compound";
constexpr std::size_t kMaxStatements = 8;

AttestationVerdict verify_part(const CborValue& part, const AttestationInput& input) {
  const CborValue* fmt = part.find("fmt");
  const CborValue* statement = part.find("attStmt");
  if (fmt == nullptr || fmt->text() == nullptr || statement == nullptr ||
      statement->map() == nullptr || part.map()->size() != 2) {
    return bad_attestation(kFormat, "a part is not a format and a statement");
  }
  if (*fmt->text() == kFormat) return bad_attestation(kFormat, "a part is compound itself");
  const AttestationFormat* format = find_attestation_format(*fmt->text(), input.legacy);
  if (format == nullptr) {
    return Finding{Reason::kUnknownAttestationFormat,
                   "compound: a part's fmt is " + quoted(*fmt->text())};
  }
  return format->verify({*statement, input.authenticator_data, input.data, input.credential_key,
                         input.client_data_hash, input.legacy, input.now});
}

}  // namespace

AttestationVerdict verify_compound_attestation(const AttestationInput& input) {
  const CborValue::Array* parts = input.statement.array();
  if (parts == nullptr || parts->size() < 2 || parts->size() > kMaxStatements) {
    return bad_attestation(kFormat, "the statement is not an array of two to eight");
  }
  AttestationOutcome outcome{"compound", {}};
  for (const CborValue& part : *parts) {
    auto verdict = verify_part(part, input);
    if (!verdict) return verdict.error();
    for (CertificatePath& path : verdict->trust_paths) {
      outcome.trust_paths.push_back(std::move(path));
    }
  }
  return outcome;
}

}  // namespace masterkey2::webauthn
