// Good input, changed at random (from fixed seeds): a parser either refuses it or has taken every
// byte of it, and decides the same twice.
#include <gtest/gtest.h>

#include <random>

#include "good_ceremony.hpp"
#include "support/cbor_writer.hpp"
#include "webauthn/attestation_object.hpp"
#include "webauthn/authenticator_data.hpp"
#include "webauthn/client_data.hpp"
#include "webauthn/cose_key.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr int kRounds = 20'000;

/// One to four changes: a byte set, put in, taken out, or a part doubled.
Bytes mutate(Bytes bytes, std::mt19937& random) {
  for (auto changes = random() % 4 + 1; changes > 0 && !bytes.empty(); --changes) {
    const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(random() % bytes.size());
    const auto byte = static_cast<std::uint8_t>(random());
    switch (random() % 4) {
      case 0:
        *at = byte;
        break;
      case 1:
        bytes.insert(at, byte);
        break;
      case 2:
        bytes.erase(at);
        break;
      default:
        const Bytes part(at, bytes.end());
        bytes.insert(bytes.end(), part.begin(),
                     part.begin() + static_cast<std::ptrdiff_t>(random() % part.size()));
    }
  }
  return bytes;
}

/// `accepts` says whether the parser takes the bytes.
template <class Accepts>
void expect_sound(const Bytes& seed, const Accepts& accepts) {
  std::mt19937 random(20221113);
  ASSERT_TRUE(accepts(seed));
  for (int round = 0; round < kRounds; ++round) {
    Bytes bytes = mutate(seed, random);
    const bool accepted = accepts(bytes);
    ASSERT_EQ(accepts(bytes), accepted);
    if (!accepted) continue;
    bytes.push_back(0);
    ASSERT_FALSE(accepts(bytes)) << "takes a byte more, in round " << round;
  }
}

TEST(Mutation, OfCoseKeys) {
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    expect_sound(shared_credential(algorithm).public_key,
                 [](ByteView bytes) { return parse_cose_key(bytes).has_value(); });
  }
}

Bytes authenticator_data_of(const RegistrationResponse& response) {
  return to_bytes(parse_attestation_object(response.attestation_object)->authenticator_data);
}

TEST(Mutation, OfAuthenticatorData) {
  GoodCeremony ceremony;
  ceremony.answer.extensions = support::CborWriter().map(1).text("x").array(1).integer(7).out();
  const auto accepts = [](ByteView bytes) { return parse_authenticator_data(bytes).has_value(); };
  expect_sound(authenticator_data_of(ceremony.registration_response()), accepts);
  expect_sound(ceremony.authentication_response().authenticator_data, accepts);
}

TEST(Mutation, OfAttestationObjects) {
  for (const char* format : {"none", "packed"}) {
    GoodCeremony ceremony;
    ceremony.answer.format = format;
    expect_sound(ceremony.registration_response().attestation_object,
                 [](ByteView bytes) { return parse_attestation_object(bytes).has_value(); });
  }
}

TEST(Mutation, OfClientData) {
  const GoodCeremony ceremony;
  expect_sound(ceremony.registration_response().client_data_json,
               [](ByteView bytes) { return parse_client_data(bytes).has_value(); });
}

/// The JSON text of a credential, read and verified as a server would.
template <class Verify>
void expect_sound_json(const Json& json, const Verify& verify) {
  expect_sound(to_bytes(as_bytes(json.dump())), [&](ByteView bytes) {
    const auto parsed = parse_json(as_text(bytes));
    return parsed && verify(*parsed);
  });
}

TEST(Mutation, OfRegistrations) {
  for (const char* format : {"none", "packed"}) {
    GoodCeremony ceremony;
    ceremony.answer.format = format;
    expect_sound_json(make_registration_response(ceremony.credential, ceremony.answer),
                      [&](const Json& json) {
                        const auto response = parse_registration_response(json);
                        return response && ceremony.verify_registration(*response).has_value();
                      });
  }
}

TEST(Mutation, OfAuthentications) {
  const GoodCeremony ceremony;
  expect_sound_json(make_authentication_response(ceremony.credential, ceremony.answer),
                    [&](const Json& json) {
                      const auto response = parse_authentication_response(json);
                      return response && ceremony.verify_authentication(*response).has_value();
                    });
}

}  // namespace
}  // namespace masterkey2::webauthn
