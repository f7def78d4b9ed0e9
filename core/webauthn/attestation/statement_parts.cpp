#include "webauthn/attestation/statement_parts.hpp"

#include <utility>

#include "crypto/der_reader.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::size_t kMaxCertificates = 8;
constexpr const char* kAaguidExtension = "1.3.6.1.4.1.45724.1.1.4";

}  // namespace

Finding bad_attestation(std::string_view format, std::string_view detail) {
  return {Reason::kBadAttestation, std::string(format) + ": " + std::string(detail)};
}

Checked<StatementSignature> parse_statement_signature(std::string_view format,
                                                      const CborValue& statement,
                                                      const Algorithm* also) {
  const CborValue* alg = statement.find("alg");
  if (alg == nullptr || alg->integer() == nullptr) {
    return bad_attestation(format, "alg is missing or no integer");
  }
  const CborValue* sig = statement.find("sig");
  if (sig == nullptr || sig->bytes() == nullptr) {
    return bad_attestation(format, "sig is missing or not a byte string");
  }
  const bool is_that = also != nullptr && also->id == *alg->integer();
  const Algorithm* algorithm = is_that ? also : find_algorithm(*alg->integer());
  if (algorithm == nullptr) {
    return bad_attestation(format, "alg is unknown: " + std::to_string(*alg->integer()));
  }
  return StatementSignature{algorithm, *sig->bytes()};
}

Checked<AttestationCertificates> parse_attestation_certificates(std::string_view format,
                                                                const CborValue& statement) {
  const CborValue* x5c = statement.find("x5c");
  if (x5c == nullptr || x5c->array() == nullptr) {
    return bad_attestation(format, "x5c is missing or not an array");
  }
  if (x5c->array()->empty() || x5c->array()->size() > kMaxCertificates) {
    return bad_attestation(format, "x5c has no certificate, or more than eight");
  }
  CertificatePath path;
  for (const CborValue& item : *x5c->array()) {
    if (item.bytes() == nullptr) return bad_attestation(format, "x5c holds no byte string");
    path.push_back(to_bytes(*item.bytes()));
  }
  auto leaf = Certificate::parse(path.front());
  if (!leaf) return bad_attestation(format, "x5c starts with no certificate");
  auto key = leaf->public_key();
  if (!key) return bad_attestation(format, "the certificate's key is unknown or not sound");
  return AttestationCertificates{std::move(*leaf), std::move(*key), std::move(path)};
}

Checked<void> verify_aaguid_extension(std::string_view format, const Certificate& leaf,
                                      const Aaguid& aaguid) {
  const auto extension = leaf.extension(kAaguidExtension);
  if (!extension) return {};
  if (extension->critical) return bad_attestation(format, "the AAGUID extension is critical");
  DerReader reader(extension->value);
  const ByteView value = reader.take(kDerOctetString);
  if (!reader.complete() || !equal_bytes(value, aaguid.view())) {
    return bad_attestation(format, "the certificate is for another AAGUID");
  }
  return {};
}

}  // namespace masterkey2::webauthn
