#include "webauthn/cose_key.hpp"

#include <gtest/gtest.h>

#include "cbor/cbor_parser.hpp"
#include "encoding/base64url.hpp"
#include "good_ceremony.hpp"
#include "support/cbor_writer.hpp"
#include "webauthn/public_key_jwk.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;

std::string refusal(const Bytes& bytes) {
  const auto key = parse_cose_key(bytes);
  return key ? "accepted"
             : std::string(reason_word(key.error().reason)) + ": " + key.error().detail;
}

/// x and y of a real key.
struct Point {
  Bytes x;
  Bytes y;
};

Point point_of(std::int32_t algorithm) {
  const Bytes& encoded = shared_credential(algorithm).public_key;
  const auto key = parse_cbor(encoded).value();
  return {to_bytes(*key.find(-2)->bytes()), to_bytes(*key.find(-3)->bytes())};
}

Bytes ec2(std::int64_t alg, std::int64_t crv, ByteView x, ByteView y, std::int64_t kty = 2) {
  return CborWriter()
      .map(5)
      .integer(1)
      .integer(kty)
      .integer(3)
      .integer(alg)
      .integer(-1)
      .integer(crv)
      .integer(-2)
      .bytes(x)
      .integer(-3)
      .bytes(y)
      .out();
}

Bytes okp(std::int64_t alg, std::int64_t crv, ByteView x) {
  return CborWriter()
      .map(4)
      .integer(1)
      .integer(1)
      .integer(3)
      .integer(alg)
      .integer(-1)
      .integer(crv)
      .integer(-2)
      .bytes(x)
      .out();
}

Bytes rsa(ByteView n, ByteView e) {
  return CborWriter()
      .map(4)
      .integer(1)
      .integer(3)
      .integer(3)
      .integer(-257)
      .integer(-1)
      .bytes(n)
      .integer(-2)
      .bytes(e)
      .out();
}

constexpr std::string_view kUnsoundEs256 = "malformed_public_key: not a sound key of ES256";

TEST(CoseKey, ReadsEveryAlgorithm) {
  for (const Algorithm& algorithm : known_algorithms()) {
    const auto key = parse_cose_key(shared_credential(algorithm.id).public_key);
    ASSERT_TRUE(key) << algorithm.name;
    EXPECT_EQ(key->algorithm->id, algorithm.id);
  }
}

TEST(CoseKey, RefusesEveryTruncationAndWhatIsBehind) {
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    Bytes bytes = shared_credential(algorithm).public_key;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(parse_cose_key(ByteView(bytes).first(size)));
    }
    bytes.push_back(0);
    EXPECT_FALSE(parse_cose_key(bytes));
  }
}

TEST(CoseKey, WantsAMapWithKtyAndAlg) {
  const auto [x, y] = point_of(kEs256);
  EXPECT_EQ(refusal(CborWriter().array(0).out()), "malformed_public_key: not a map");
  EXPECT_EQ(refusal(CborWriter().map(0).out()),
            "malformed_public_key: alg is missing or no integer");
  EXPECT_EQ(refusal(CborWriter().map(1).integer(3).text("ES256").out()),
            "malformed_public_key: alg is missing or no integer");
  EXPECT_EQ(refusal(CborWriter().map(1).integer(3).integer(-7).out()),
            "malformed_public_key: kty is not that of ES256");
  EXPECT_EQ(refusal(CborWriter().map(2).integer(1).text("EC2").integer(3).integer(-7).out()),
            "malformed_public_key: kty is not that of ES256");
  EXPECT_EQ(refusal(ec2(-7, 1, x, y, 1)), "malformed_public_key: kty is not that of ES256");
  EXPECT_EQ(refusal(ec2(-7, 1, x, y, 3)), "malformed_public_key: kty is not that of ES256");
  EXPECT_EQ(refusal(ec2(-46, 1, x, y)), "algorithm_not_allowed: unknown algorithm -46");
  EXPECT_EQ(refusal(ec2(-48, 1, x, y)), "malformed_public_key: kty is not that of ML-DSA-44");
}

TEST(CoseKey, WantsTheCurveOfTheAlgorithm) {
  const auto [x, y] = point_of(kEs256);
  EXPECT_EQ(refusal(ec2(-7, 1, x, y)), "accepted");
  for (const std::int64_t crv : {0, 2, 3, 6, 8, -1}) {
    EXPECT_EQ(refusal(ec2(-7, crv, x, y)), "malformed_public_key: crv is not that of ES256");
  }
  const Point p384 = point_of(-35);
  EXPECT_EQ(refusal(ec2(-7, 2, p384.x, p384.y)), "malformed_public_key: crv is not that of ES256");
  EXPECT_EQ(refusal(ec2(-35, 1, x, y)), "malformed_public_key: crv is not that of ES384");
  EXPECT_EQ(refusal(okp(-8, 7, Bytes(57))), "malformed_public_key: crv is not that of EdDSA");
}

TEST(CoseKey, WantsCoordinatesOfFullLength) {
  const auto [x, y] = point_of(kEs256);
  EXPECT_EQ(refusal(ec2(-7, 1, ByteView(x).first(31), y)), kUnsoundEs256);
  Bytes longer = {0};
  longer.insert(longer.end(), x.begin(), x.end());
  EXPECT_EQ(refusal(ec2(-7, 1, longer, y)), kUnsoundEs256);
  EXPECT_EQ(refusal(ec2(-7, 1, x, {})), kUnsoundEs256);
  EXPECT_EQ(refusal(ec2(-7, 1, {}, {})), kUnsoundEs256);
}

TEST(CoseKey, WantsBothCoordinates) {
  const auto [x, y] = point_of(kEs256);
  const auto with_one = [](std::int64_t label, ByteView coordinate) {
    CborWriter writer;
    writer.map(4).integer(1).integer(2).integer(3).integer(-7).integer(-1).integer(1);
    return refusal(writer.integer(label).bytes(coordinate).out());
  };
  constexpr const char* kMissing =
      "malformed_public_key: a parameter of ES256 is missing or not a byte string";
  EXPECT_EQ(with_one(-2, x), kMissing);
  EXPECT_EQ(with_one(-3, y), kMissing);
}

TEST(CoseKey, RefusesACompressedPoint) {
  const auto [x, y] = point_of(kEs256);
  EXPECT_EQ(refusal(CborWriter()
                        .map(5)
                        .integer(1)
                        .integer(2)
                        .integer(3)
                        .integer(-7)
                        .integer(-1)
                        .integer(1)
                        .integer(-2)
                        .bytes(x)
                        .integer(-3)
                        .boolean(true)
                        .out()),
            "malformed_public_key: a parameter of ES256 is missing or not a byte string");
}

TEST(CoseKey, RefusesPointsThatAreNotOnTheCurve) {
  auto [x, y] = point_of(kEs256);
  EXPECT_EQ(refusal(ec2(-7, 1, Bytes(32), Bytes(32))), kUnsoundEs256);
  EXPECT_EQ(refusal(ec2(-7, 1, Bytes(32, 0xFF), Bytes(32, 0xFF))), kUnsoundEs256);
  EXPECT_EQ(refusal(ec2(-7, 1, y, x)), kUnsoundEs256);
  y.back() ^= 1;
  EXPECT_EQ(refusal(ec2(-7, 1, x, y)), kUnsoundEs256);
}

TEST(CoseKey, RefusesParametersThatAreNotNeeded) {
  const auto [x, y] = point_of(kEs256);
  const Bytes with_kid = CborWriter()
                             .map(6)
                             .integer(1)
                             .integer(2)
                             .integer(2)
                             .bytes(Bytes{1})
                             .integer(3)
                             .integer(-7)
                             .integer(-1)
                             .integer(1)
                             .integer(-2)
                             .bytes(x)
                             .integer(-3)
                             .bytes(y)
                             .out();
  EXPECT_EQ(refusal(with_kid), "malformed_public_key: parameters that are not needed");
  const Bytes with_d = CborWriter()
                           .map(6)
                           .integer(1)
                           .integer(2)
                           .integer(3)
                           .integer(-7)
                           .integer(-1)
                           .integer(1)
                           .integer(-2)
                           .bytes(x)
                           .integer(-3)
                           .bytes(y)
                           .integer(-4)
                           .bytes(Bytes(32))
                           .out();
  EXPECT_EQ(refusal(with_d), "malformed_public_key: parameters that are not needed");
}

TEST(CoseKey, RefusesAnUnsoundRsaKey) {
  Bytes n(256, 0xFF);
  const Bytes e = {1, 0, 1};
  EXPECT_EQ(refusal(rsa(n, e)), "accepted");
  EXPECT_NE(refusal(rsa(n, {})), "accepted");
  EXPECT_NE(refusal(rsa({}, e)), "accepted");
  EXPECT_NE(refusal(rsa(Bytes(64, 0xFF), e)), "accepted");
}

TEST(PublicKeyJwk, TellsEachTypeOfKey) {
  const Json ec = public_key_jwk(shared_credential(kEs256).public_key).value();
  EXPECT_EQ(ec.at("kty"), "EC");
  EXPECT_EQ(ec.at("crv"), "P-256");
  EXPECT_EQ(ec.at("alg"), "ES256");
  EXPECT_EQ(ec.at("x").get<std::string>().size(), 43U);
  EXPECT_EQ(ec.at("y").get<std::string>().size(), 43U);
  EXPECT_EQ(ec.size(), 5U);
  const Json okp_key = public_key_jwk(shared_credential(kEdDsa).public_key).value();
  EXPECT_EQ(okp_key.at("kty"), "OKP");
  EXPECT_EQ(okp_key.at("crv"), "Ed25519");
  EXPECT_EQ(okp_key.at("alg"), "EdDSA");
  EXPECT_EQ(okp_key.size(), 4U);
  const Json rsa_key = public_key_jwk(shared_credential(kRs256).public_key).value();
  EXPECT_EQ(rsa_key.at("kty"), "RSA");
  EXPECT_EQ(rsa_key.at("e"), "AQAB");
  EXPECT_EQ(rsa_key.at("alg"), "RS256");
  EXPECT_EQ(public_key_jwk(shared_credential(-47).public_key)->at("crv"), "secp256k1");
  EXPECT_EQ(public_key_jwk(shared_credential(-53).public_key)->at("crv"), "Ed448");
}

TEST(PublicKeyJwk, IsAbsentForOtherBytes) {
  EXPECT_FALSE(public_key_jwk({}));
  EXPECT_FALSE(public_key_jwk(Bytes{0xA0}));
}

/// kty, alg and pub of ML-DSA-44 with a key of 1,312 bytes.
Bytes ml_dsa_key(std::size_t size = 1312) {
  return support::CborWriter()
      .map(3)
      .integer(1)
      .integer(7)
      .integer(3)
      .integer(-48)
      .integer(-1)
      .bytes(Bytes(size, 1))
      .out();
}

TEST(CoseKey, ReadsTheParametersOfMlDsaEverywhere) {
  const auto value = parse_cbor(ml_dsa_key());
  ASSERT_TRUE(value);
  const auto parameters = read_cose_key(*value);
  ASSERT_TRUE(parameters) << parameters.error().detail;
  EXPECT_EQ(parameters->algorithm->name, "ML-DSA-44");
  EXPECT_EQ(parameters->x.size(), 1312U);
}

TEST(PublicKeyJwk, TellsMlDsa) {
  const auto jwk = public_key_jwk(ml_dsa_key());
  ASSERT_TRUE(jwk);
  EXPECT_EQ(jwk->at("kty"), "AKP");
  EXPECT_EQ(jwk->at("alg"), "ML-DSA-44");
  EXPECT_EQ(jwk->at("pub").get<std::string>().size(), 1750U);
}

TEST(CoseKey, TakesMlDsaWhereOpenSslHasItAndElseSaysSo) {
  const bool available = is_available(MlDsaSet::kMlDsa44);
  const auto key = parse_cose_key(ml_dsa_key());
  EXPECT_EQ(key.has_value(), available);
  if (!available) {
    EXPECT_EQ(key.error().reason, Reason::kAlgorithmNotAllowed);
    EXPECT_EQ(key.error().detail, "this server's OpenSSL has no ML-DSA-44");
  }
  const auto shorter = parse_cose_key(ml_dsa_key(1311));
  ASSERT_FALSE(shorter);
  EXPECT_EQ(shorter.error().reason,
            available ? Reason::kMalformedPublicKey : Reason::kAlgorithmNotAllowed);
}

TEST(CoseKeyFromJwk, GivesBackTheKeyOfEachAlgorithm) {
  for (const Algorithm& algorithm : known_algorithms()) {
    const Bytes& key = shared_credential(algorithm.id).public_key;
    const auto jwk = public_key_jwk(key);
    ASSERT_TRUE(jwk) << algorithm.name;
    EXPECT_EQ(cose_key_from_jwk(*jwk, algorithm.id), key) << algorithm.name;
  }
  const Json ml_dsa = {
      {"kty", "AKP"}, {"alg", "ML-DSA-44"}, {"pub", base64url_encode(Bytes(1312, 1))}};
  EXPECT_EQ(cose_key_from_jwk(ml_dsa), ml_dsa_key());
  EXPECT_EQ(public_key_jwk(ml_dsa_key()), ml_dsa);
}

TEST(CoseKeyFromJwk, TakesTheFirstAlgorithmOfAName) {
  const Json jwk = public_key_jwk(shared_credential(-9).public_key).value();  // ESP256
  EXPECT_EQ(parse_cose_key(*cose_key_from_jwk(jwk))->algorithm->id, kEs256);
  EXPECT_EQ(parse_cose_key(*cose_key_from_jwk(jwk, kRs256))->algorithm->id, kEs256);
}

TEST(CoseKeyFromJwk, LeavesUnsoundKeysToTheParser) {
  for (const Json& jwk : {Json{{"alg", "ES256"}}, Json{{"alg", "ES256"}, {"x", 1}, {"y", "="}},
                          Json{{"alg", "RS256"}, {"n", base64url_encode(Bytes(8193, 1))}}}) {
    const auto key = cose_key_from_jwk(jwk);
    ASSERT_TRUE(key);
    EXPECT_FALSE(parse_cose_key(*key));
  }
}

TEST(CoseKeyFromJwk, TakesParametersOfUpTo8192Bytes) {
  const auto key_of = [](std::size_t size) {
    const Bytes modulus(size, 1);
    return cose_key_from_jwk({{"alg", "RS256"}, {"n", base64url_encode(modulus)}, {"e", "AQAB"}});
  };
  EXPECT_GT(key_of(8192)->size(), 8192U);
  EXPECT_EQ(key_of(8193), key_of(0));
}

TEST(CoseKeyFromJwk, KnowsNoOtherAlgorithms) {
  EXPECT_FALSE(cose_key_from_jwk(Json::object()));
  EXPECT_FALSE(cose_key_from_jwk(Json(1)));
  EXPECT_FALSE(cose_key_from_jwk({{"alg", "HS256"}}));
  EXPECT_FALSE(cose_key_from_jwk({{"alg", 7}}));
}

}  // namespace
}  // namespace masterkey2::webauthn
