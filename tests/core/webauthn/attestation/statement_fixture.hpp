// A good registration whose attestation statement a test writes itself.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "../good_ceremony.hpp"
#include "crypto/sha256.hpp"
#include "support/cbor_writer.hpp"
#include "support/test_certificate.hpp"
#include "webauthn/attestation_object.hpp"

namespace masterkey2::webauthn {

/// What a statement is about.
struct Attested {
  const support::VirtualCredential& credential;
  Bytes authenticator_data;
  Bytes client_data_hash;
  Bytes rp_id_hash;

  /// authenticatorData | clientDataHash: what most formats sign.
  [[nodiscard]] Bytes message() const {
    return support::joined({authenticator_data, client_data_hash});
  }
};

using WriteStatement = std::function<void(support::CborWriter&, const Attested&)>;

[[nodiscard]] inline Verified<RegistrationResult> verify_statement(
    const std::string& format, const WriteStatement& write,
    GoodCeremony ceremony = GoodCeremony()) {
  RegistrationResponse response = ceremony.registration_response();
  const auto object = parse_attestation_object(response.attestation_object).value();
  const Attested attested = {ceremony.credential, to_bytes(object.authenticator_data),
                             to_bytes(sha256(response.client_data_json).view()),
                             to_bytes(object.authenticator_data.first(32))};
  support::CborWriter writer;
  writer.map(3).text("fmt").text(format).text("attStmt");
  write(writer, attested);
  writer.text("authData").bytes(attested.authenticator_data);
  response.attestation_object = writer.out();
  return ceremony.verify_registration(response);
}

/// `refused: <detail>` at step 22 with kBadAttestation, other verdicts as they are.
[[nodiscard]] inline std::string statement_verdict(const std::string& format,
                                                   const WriteStatement& write,
                                                   const GoodCeremony& ceremony = GoodCeremony()) {
  const auto result = verify_statement(format, write, ceremony);
  if (!result && result.error().reason == Reason::kBadAttestation && result.error().step == "R22") {
    return result.error().detail;
  }
  return verdict(result);
}

/// A key pair of a manufacturer, the same in every test.
[[nodiscard]] inline const support::VirtualCredential& attestation_key(
    std::int32_t algorithm = kEs256) {
  static std::map<std::int32_t, support::VirtualCredential> keys;
  const auto known = keys.find(algorithm);
  if (known != keys.end()) return known->second;
  return keys.emplace(algorithm, support::VirtualCredential::create(algorithm, {})).first->second;
}

[[nodiscard]] inline const support::VirtualCredential& root_key() {
  static const auto key = support::VirtualCredential::create(kEs256, {});
  return key;
}

}  // namespace masterkey2::webauthn
