// The registration and authentication pairs of the specification, and what becomes of them when one
// bit is another.
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "webauthn/algorithm.hpp"
#include "webauthn/attestation_object.hpp"
#include "webauthn/attestation_trust.hpp"
#include "webauthn/authentication.hpp"
#include "webauthn/public_key_jwk.hpp"
#include "webauthn/registration.hpp"

namespace masterkey2::webauthn {
namespace {

Json read_vectors() {
  std::ifstream file(MASTERKEY2_SOURCE_DIR "/tests/vectors/w3c-webauthn-l3.json");
  std::stringstream text;
  text << file.rdbuf();
  return parse_json(text.str(), {.max_bytes = 1 << 20, .max_depth = 8, .max_values = 4096}).value();
}

Bytes bytes_of(const Json& text) { return base64url_decode(text.get<std::string>()).value(); }

constexpr UnixMillis kIn2026 = 1'792'000'000'000;

/// A pair of the specification with what a relying party has to expect.
struct Vector {
  explicit Vector(const Json& json)
      : name(json.at("id")),
        algorithm(json.at("alg")),
        format(json.at("attestation_format")),
        type(json.at("attestation_type")),
        rp_id(json.at("rp_id")),
        origins({json.at("origin").get<std::string>()}),
        registration_challenge(bytes_of(json.at("challenge_registration"))),
        authentication_challenge(bytes_of(json.at("challenge_authentication"))),
        public_key(bytes_of(json.at("registration").at("publicKeyCose"))) {
    if (json.at("attestation_ca_cert").is_string()) root = bytes_of(json.at("attestation_ca_cert"));
    const Json& made = json.at("registration");
    registration = {.id = bytes_of(made.at("credential_id")),
                    .client_data_json = bytes_of(made.at("clientDataJSON")),
                    .attestation_object = bytes_of(made.at("attestationObject")),
                    .transports = {},
                    .discoverable = std::nullopt};
    const Json& used = json.at("authentication");
    authentication = {.id = bytes_of(used.at("credential_id")),
                      .client_data_json = bytes_of(used.at("clientDataJSON")),
                      .authenticator_data = bytes_of(used.at("authenticatorData")),
                      .signature = bytes_of(used.at("signature")),
                      .user_handle = std::nullopt};
    policy.user_verification = UserVerification::kPreferred;
    policy.algorithms = {algorithm};
    policy.allow_cross_origin = json.at("cross_origin") == true;
    if (json.at("top_origin").is_string()) policy.top_origins = {json.at("top_origin")};
  }

  [[nodiscard]] Verified<RegistrationResult> verify_registration(
      const AttestationTrust* trust = nullptr, UnixMillis now = kIn2026) const {
    CeremonyPolicy demanded = policy;
    if (trust != nullptr) demanded.attestation_trust = AttestationTrustRule::kAnchors;
    return webauthn::verify_registration(registration, {.challenge = registration_challenge,
                                                        .rp_id = rp_id,
                                                        .origins = origins,
                                                        .policy = demanded,
                                                        .conditional = false,
                                                        .trust = trust,
                                                        .now = now});
  }
  [[nodiscard]] Verified<AuthenticationResult> verify_authentication() const {
    const StoredCredential stored = {.public_key = public_key};
    return webauthn::verify_authentication(authentication, {.challenge = authentication_challenge,
                                                            .rp_id = rp_id,
                                                            .origins = origins,
                                                            .policy = policy,
                                                            .allow_credentials = {},
                                                            .user_named = true,
                                                            .credential = stored});
  }

  std::string name;
  std::int32_t algorithm;
  std::string format;
  std::string type;
  std::string rp_id;
  std::vector<std::string> origins;
  Bytes registration_challenge;
  Bytes authentication_challenge;
  Bytes public_key;
  RegistrationResponse registration;
  AuthenticationResponse authentication;
  CeremonyPolicy policy;
  Bytes root;  ///< DER; empty: there are no certificates
};

AttestationTrust trust_in(const Bytes& root) {
  AttestationTrust trust;
  trust.anchors.push_back(Certificate::parse(root).value());
  return trust;
}

std::vector<Vector> all_vectors() {
  std::vector<Vector> vectors;
  for (const Json& json : read_vectors()) vectors.emplace_back(json);
  return vectors;
}

/// As `attestation_type` of a result: the vectors say x5c of all that have certificates.
std::string expected_type(const Vector& vector) {
  if (vector.type != "x5c") return vector.type;
  if (vector.format == "tpm") return "attca";
  return vector.format == "apple" ? "anonca" : "basic";
}

TEST(SpecificationVectors, RegistrationsVerify) {
  int verified = 0;
  for (const Vector& vector : all_vectors()) {
    const auto result = vector.verify_registration();
    ASSERT_TRUE(result) << vector.name << ": " << result.error().step << " "
                        << result.error().detail;
    EXPECT_EQ(result->credential_id, vector.registration.id) << vector.name;
    EXPECT_EQ(result->public_key, vector.public_key) << vector.name;
    EXPECT_EQ(result->algorithm, vector.algorithm) << vector.name;
    EXPECT_EQ(result->attestation_format, vector.format) << vector.name;
    EXPECT_EQ(result->attestation_type, expected_type(vector)) << vector.name;
    ++verified;
  }
  EXPECT_EQ(verified, 15);
}

TEST(SpecificationVectors, AssertionsVerify) {
  int verified = 0;
  for (const Vector& vector : all_vectors()) {
    const auto result = vector.verify_authentication();
    ASSERT_TRUE(result) << vector.name << ": " << result.error().step << " "
                        << result.error().detail;
    ++verified;
  }
  EXPECT_EQ(verified, 15);
}

/// Whether no byte of `bytes` can have a bit flipped without `is_refused` turning false. Which bit
/// depends on the byte's place, so that the vectors try all eight.
template <class IsRefused>
bool each_byte_matters(Bytes& bytes, const IsRefused& is_refused) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto mask = static_cast<std::uint8_t>(1 << i % 8);
    bytes[i] ^= mask;
    if (!is_refused()) return false;
    bytes[i] ^= mask;
  }
  return true;
}

TEST(SpecificationVectors, AssertionsWithAFlippedBitAreRefused) {
  for (Vector& vector : all_vectors()) {
    const auto is_refused = [&] { return !vector.verify_authentication().has_value(); };
    AuthenticationResponse& response = vector.authentication;
    EXPECT_TRUE(each_byte_matters(response.authenticator_data, is_refused)) << vector.name;
    EXPECT_TRUE(each_byte_matters(response.client_data_json, is_refused)) << vector.name;
    EXPECT_TRUE(each_byte_matters(response.signature, is_refused)) << vector.name;
  }
}

TEST(SpecificationVectors, SelfAttestationsWithAFlippedBitAreRefused) {
  int checked = 0;
  for (Vector& vector : all_vectors()) {
    if (vector.type != "self") continue;
    const auto is_refused = [&] { return !vector.verify_registration().has_value(); };
    EXPECT_TRUE(each_byte_matters(vector.registration.client_data_json, is_refused));
    EXPECT_TRUE(each_byte_matters(vector.registration.attestation_object, is_refused));
    ++checked;
  }
  EXPECT_EQ(checked, 1);
}

TEST(SpecificationVectors, CertificatesLeadToTheirRoot) {
  int checked = 0;
  for (Vector& vector : all_vectors()) {
    if (vector.root.empty()) continue;
    vector.policy.attestation = AttestationConveyance::kDirect;
    const AttestationTrust trust = trust_in(vector.root);
    const auto result = vector.verify_registration(&trust);
    EXPECT_TRUE(result) << vector.name << ": " << result.error().detail;
    ++checked;
  }
  EXPECT_EQ(checked, 10);
}

TEST(SpecificationVectors, CertificatesAreNotTrustedOutOfTheirTime) {
  constexpr UnixMillis kIn2020 = 1'590'000'000'000;
  constexpr UnixMillis kIn3100 = 35'659'000'000'000;
  for (const Vector& vector : all_vectors()) {
    if (vector.root.empty()) continue;
    for (const UnixMillis now : {kIn2020, kIn3100}) {
      const AttestationTrust trust = trust_in(vector.root);
      const auto result = vector.verify_registration(&trust, now);
      ASSERT_FALSE(result) << vector.name;
      EXPECT_EQ(result.error().reason, Reason::kCertificateExpired) << vector.name;
    }
  }
}

/// fido-u2f signs neither flags nor sign count nor AAGUID.
bool is_signed(const Vector& vector, std::size_t offset) {
  const auto object = parse_attestation_object(vector.registration.attestation_object).value();
  const auto start = static_cast<std::size_t>(object.authenticator_data.data() -
                                              vector.registration.attestation_object.data());
  return vector.format != "fido-u2f" || offset < start + 32 || offset >= start + 37 + 16;
}

TEST(SpecificationVectors, CertifiedRegistrationsWithAFlippedBitAreRefused) {
  for (Vector& vector : all_vectors()) {
    if (vector.root.empty()) continue;
    const AttestationTrust trust = trust_in(vector.root);
    const auto is_refused = [&] { return !vector.verify_registration(&trust).has_value(); };
    EXPECT_TRUE(each_byte_matters(vector.registration.client_data_json, is_refused)) << vector.name;
    Bytes& object = vector.registration.attestation_object;
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (!is_signed(vector, i)) continue;
      const auto mask = static_cast<std::uint8_t>(1 << i % 8);
      object[i] ^= mask;
      EXPECT_TRUE(is_refused()) << vector.name << " byte " << i;
      object[i] ^= mask;
    }
  }
}

TEST(SpecificationVectors, MutatedRegistrationsAreJudgedTheSameTwice) {
  std::mt19937 random(7);
  for (Vector& vector : all_vectors()) {
    const Bytes good = vector.registration.attestation_object;
    for (int round = 0; round < 300; ++round) {
      Bytes& object = vector.registration.attestation_object;
      object = good;
      for (auto changes = random() % 3 + 1; changes > 0; --changes) {
        object[random() % object.size()] = static_cast<std::uint8_t>(random());
      }
      ASSERT_EQ(vector.verify_registration().has_value(), vector.verify_registration().has_value())
          << vector.name << " round " << round;
    }
  }
}

TEST(SpecificationVectors, FramedCeremoniesAreRefusedWhereFramingIsNotExpected) {
  int framed = 0;
  for (Vector& vector : all_vectors()) {
    if (!vector.policy.allow_cross_origin) continue;
    vector.policy.allow_cross_origin = false;
    EXPECT_EQ(vector.verify_registration().error().step, "R10") << vector.name;
    EXPECT_EQ(vector.verify_authentication().error().step, "A13") << vector.name;
    ++framed;
  }
  EXPECT_EQ(framed, 2);
}

}  // namespace
}  // namespace masterkey2::webauthn
