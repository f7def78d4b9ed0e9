#include "figures/hostile_inputs.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "support/cbor_writer.hpp"
#include "support/test_certificate.hpp"
#include "support/virtual_authenticator.hpp"
#include "webauthn/algorithm.hpp"
#include "webauthn/attestation_object.hpp"
#include "webauthn/attestation_trust.hpp"
#include "webauthn/authentication.hpp"
#include "webauthn/registration.hpp"

namespace masterkey2::figures {
namespace {

using namespace webauthn;
using support::CborWriter;
using support::VirtualCredential;

constexpr std::size_t kBody = 65'536;
/// What of a body an attestation object may take, as base64url and with the rest around it.
constexpr std::size_t kObject = 47'500;

const Bytes& challenge() {
  static const Bytes bytes(32, 0xC5);
  return bytes;
}

support::CeremonyAnswer good_answer() {
  support::CeremonyAnswer answer;
  answer.challenge = challenge();
  answer.rp_id = "example.org";
  answer.origin = "https://example.org";
  return answer;
}

const VirtualCredential& credential() {
  static const auto made = VirtualCredential::create(kEs256, Bytes(32, 1));
  return made;
}

const std::vector<std::string>& origins() {
  static const std::vector<std::string> list = {"https://example.org"};
  return list;
}

CeremonyPolicy open_policy() {
  CeremonyPolicy policy;
  policy.algorithms.clear();
  for (const Algorithm& algorithm : known_algorithms()) policy.algorithms.push_back(algorithm.id);
  policy.attestation_trust = AttestationTrustRule::kAnchors;
  return policy;
}

const AttestationTrust& trust() {
  static const AttestationTrust made = [] {
    AttestationTrust result;
    const Bytes root = support::make_certificate({.subject = {{"CN", "Example Root"}}, .ca = true},
                                                 credential(), credential());
    result.anchors.push_back(Certificate::parse(root).value());
    return result;
  }();
  return made;
}

/// A body as a server takes it: JSON, response, verification with trust in one root.
void register_with(const std::string& body) {
  const auto json = parse_json(body);
  if (!json) return;
  const auto response = parse_registration_response(*json);
  if (!response) return;
  const CeremonyPolicy policy = open_policy();
  static_cast<void>(verify_registration(*response, {.challenge = challenge(),
                                                    .rp_id = "example.org",
                                                    .origins = origins(),
                                                    .policy = policy,
                                                    .conditional = false,
                                                    .trust = &trust(),
                                                    .now = 1'800'000'000'000}));
}

void sign_in_with(const std::string& body) {
  const auto json = parse_json(body);
  if (!json) return;
  const auto response = parse_authentication_response(*json);
  if (!response) return;
  const CeremonyPolicy policy = open_policy();
  const StoredCredential stored = {.public_key = credential().public_key};
  static_cast<void>(verify_authentication(*response, {.challenge = challenge(),
                                                      .rp_id = "example.org",
                                                      .origins = origins(),
                                                      .policy = policy,
                                                      .allow_credentials = {},
                                                      .user_named = true,
                                                      .credential = stored}));
}

std::string repeated(std::string_view part, std::size_t size) {
  std::string text;
  while (text.size() + part.size() <= size) text += part;
  return text;
}

/// A registration whose attestation object is another.
std::string with_object(const Bytes& object) {
  Json json = make_registration_response(credential(), good_answer());
  json["response"]["attestationObject"] = base64url_encode(object);
  return json.dump();
}

/// A registration with this statement.
std::string with_statement(std::string_view format, const Bytes& statement) {
  const Json json = make_registration_response(credential(), good_answer());
  const Bytes good =
      base64url_decode(json.at("response").at("attestationObject").get<std::string>()).value();
  const auto object = parse_attestation_object(good).value();
  CborWriter writer;
  writer.map(3).text("fmt").text(format).text("attStmt").raw(statement);
  writer.text("authData").bytes(object.authenticator_data);
  return with_object(writer.out());
}

/// `packed` with these certificates and a signature that fits none of them.
Bytes packed_statement(const std::vector<Bytes>& certificates, std::int64_t alg,
                       std::size_t signature_size) {
  CborWriter writer;
  writer.map(3).text("alg").integer(alg).text("sig").bytes(Bytes(signature_size, 0x41));
  writer.text("x5c").array(certificates.size());
  for (const Bytes& certificate : certificates) writer.bytes(certificate);
  return writer.out();
}

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void require(bool ok) {
  if (!ok) std::abort();
}

/// A certificate for any public key, signed by our P-256 key.
Bytes certificate_for(EVP_PKEY* key) {
  const Owned<X509> certificate(X509_new());
  require(X509_set_version(certificate.get(), 2) == 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -1000);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 1'000'000);
  require(X509_set_pubkey(certificate.get(), key) == 1 &&
          X509_sign(certificate.get(), credential().key(), EVP_sha256()) > 0);
  std::uint8_t* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  require(size > 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

/// A modulus of ones, and an exponent of 64 bits: no key, but who verifies does not know.
Bytes rsa_certificate(int bits) {
  const Owned<BIGNUM> n(BN_new());
  const Owned<BIGNUM> e(BN_new());
  require(BN_set_bit(n.get(), bits) == 1 && BN_sub_word(n.get(), 1) == 1);
  require(BN_set_bit(e.get(), 64) == 1 && BN_sub_word(e.get(), 1) == 1);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  require(EVP_PKEY_fromdata_init(context.get()) == 1 &&
          EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1);
  return certificate_for(Owned<EVP_PKEY>(key).get());
}

/// The curve's parameters in full in place of its name.
Bytes explicit_curve_certificate() {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  require(EVP_PKEY_keygen_init(context.get()) == 1 &&
          EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context.get(), NID_secp521r1) == 1 &&
          EVP_PKEY_CTX_set_ec_param_enc(context.get(), OPENSSL_EC_EXPLICIT_CURVE) == 1 &&
          EVP_PKEY_keygen(context.get(), &key) == 1);
  return certificate_for(Owned<EVP_PKEY>(key).get());
}

/// A subject alternative name of very many empty names.
Bytes wordy_certificate(std::size_t size) {
  Bytes content;
  for (std::size_t i = 0; i + 2 <= size; i += 2) content.insert(content.end(), {0x82, 0x00});
  return support::make_certificate(
      {.extensions = {{"2.5.29.17", support::der(0x30, content), false}}}, credential(),
      credential());
}

/// Very many extensions.
Bytes extended_certificate(std::size_t count) {
  support::CertificateSpec spec;
  for (std::size_t i = 0; i < count; ++i) {
    spec.extensions.push_back({"1.2." + std::to_string(i), Bytes{0x05, 0x00}, false});
  }
  return support::make_certificate(spec, credential(), credential());
}

Bytes named_certificate(std::size_t count) {
  support::CertificateSpec spec;
  for (std::size_t i = 0; i < count; ++i) spec.subject.emplace_back("OU", "a");
  return support::make_certificate(spec, credential(), credential());
}

std::string with_client_data(const std::string& client_data) {
  Json json = make_authentication_response(credential(), good_answer());
  json["response"]["clientDataJSON"] = base64url_encode(as_bytes(client_data));
  return json.dump();
}

Bytes nested(std::uint8_t head, std::size_t size) {
  Bytes bytes(size, head);
  bytes.push_back(0);
  return bytes;
}

void add_json(std::vector<std::pair<std::string, std::string>>& bodies) {
  bodies.emplace_back("JSON: arrays in arrays", repeated("[", kBody));
  bodies.emplace_back("JSON: numbers", "[" + repeated("1,", kBody - 3) + "1]");
  bodies.emplace_back("JSON: one long number", std::string(kBody, '7'));
  bodies.emplace_back("JSON: one long fraction", "0." + std::string(kBody - 2, '7'));
  bodies.emplace_back("JSON: empty objects", "[" + repeated("{},", kBody - 4) + "{}]");
  std::string members = "{";
  for (int i = 0; members.size() < kBody - 20; ++i) members += "\"" + std::to_string(i) + "\":1,";
  bodies.emplace_back("JSON: members", members + "\"x\":1}");
  bodies.emplace_back("JSON: escapes", "[\"" + repeated("\\u00e9", kBody - 4) + "\"]");
}

void add_objects(std::vector<std::pair<std::string, std::string>>& bodies) {
  bodies.emplace_back("CBOR: arrays in arrays", with_object(nested(0x81, kObject)));
  bodies.emplace_back("CBOR: maps in maps", with_object(nested(0xA1, kObject)));
  Bytes wide = {0x99, 0xB9, 0x00};
  wide.resize(kObject);
  bodies.emplace_back("CBOR: a wide array", with_object(wide));
  bodies.emplace_back("CBOR: an array of 2^28",
                      with_object(Bytes{0x9A, 0x10, 0x00, 0x00, 0x00, 0x00}));
  CborWriter text;
  text.map(3).text("fmt").text(std::string(kObject - 200, 'x')).text("attStmt").map(0);
  text.text("authData").bytes(Bytes(37));
  bodies.emplace_back("CBOR: a long format", with_object(text.out()));
  CborWriter data;
  data.map(3).text("fmt").text("none").text("attStmt").map(0);
  data.text("authData").bytes(Bytes(kObject - 200, 0xC1));
  bodies.emplace_back("authenticator data: long", with_object(data.out()));
}

void add_statements(std::vector<std::pair<std::string, std::string>>& bodies) {
  const auto packed = [](const std::vector<Bytes>& certificates, std::int64_t alg,
                         std::size_t signature_size) {
    return with_statement("packed", packed_statement(certificates, alg, signature_size));
  };
  const Bytes rsa = rsa_certificate(8192);
  bodies.emplace_back("x5c: RSA of 8,192 bits, exponent of 64", packed({rsa}, -259, 1024));
  bodies.emplace_back("x5c: RSA of 16,384 bits", packed({rsa_certificate(16'384)}, -259, 2048));
  bodies.emplace_back("x5c: eight times RSA of 16,384 bits",
                      packed(std::vector<Bytes>(8, rsa_certificate(16'384)), -259, 2048));
  bodies.emplace_back("x5c: explicit curve", packed({explicit_curve_certificate()}, -36, 139));
  bodies.emplace_back("x5c: a long certificate", packed({Bytes(kObject - 400, 0x30)}, -7, 70));
  bodies.emplace_back("x5c: very many names", packed({wordy_certificate(45'000)}, -7, 70));
  bodies.emplace_back("x5c: very many extensions", packed({extended_certificate(2'900)}, -7, 70));
  bodies.emplace_back("x5c: a very long subject", packed({named_certificate(3'500)}, -7, 70));
  const auto p521 = VirtualCredential::create(-36, {});
  const Bytes certificate = support::make_certificate({}, p521, p521);
  CborWriter compound;
  compound.array(8);
  for (int i = 0; i < 8; ++i) {
    compound.map(2).text("fmt").text("packed").text("attStmt");
    compound.raw(packed_statement(std::vector<Bytes>(8, certificate), -36, 139));
  }
  bodies.emplace_back("compound: eight statements of ES512",
                      with_statement("compound", compound.out()));
}

/// `none` eight times passes each part; a self attestation by P-521 verifies each time.
std::string valid_compound() {
  const auto p521 = VirtualCredential::create(-36, Bytes(32, 1));
  support::CeremonyAnswer answer = good_answer();
  answer.format = "packed";
  Json json = make_registration_response(p521, answer);
  const Bytes good =
      base64url_decode(json.at("response").at("attestationObject").get<std::string>()).value();
  const auto object = parse_attestation_object(good).value();
  CborWriter statement;
  statement.map(2).text("alg").integer(-36).text("sig");
  statement.bytes(*object.statement.find("sig")->bytes());
  CborWriter writer;
  writer.map(3).text("fmt").text("compound").text("attStmt").array(8);
  for (int i = 0; i < 8; ++i) {
    writer.map(2).text("fmt").text("packed").text("attStmt").raw(statement.out());
  }
  writer.text("authData").bytes(object.authenticator_data);
  json["response"]["attestationObject"] = base64url_encode(writer.out());
  return json.dump();
}

}  // namespace

std::vector<HostileInput> hostile_inputs() {
  std::vector<std::pair<std::string, std::string>> bodies;
  add_json(bodies);
  add_objects(bodies);
  add_statements(bodies);
  bodies.emplace_back("compound: eight valid self attestations of ES512", valid_compound());
  std::vector<HostileInput> inputs;
  for (auto& [name, body] : bodies) {
    require(body.size() <= kBody);
    inputs.push_back({name, [body = std::move(body)] { register_with(body); }});
  }
  for (const auto& [name, client_data] : std::vector<std::pair<std::string, std::string>>{
           {"client data: arrays in arrays", repeated("[", 16'000)},
           {"client data: ill-formed UTF-8", std::string(16'000, '\xFF')},
           {"client data: too long", repeated("[1],", 40'000)},
           {"client data: members", "{" + repeated("\"\":1,", 16'000)}}) {
    inputs.push_back({name, [body = with_client_data(client_data)] { sign_in_with(body); }});
  }
  return inputs;
}

}  // namespace masterkey2::figures
