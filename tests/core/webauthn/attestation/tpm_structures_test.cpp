// TPM 2.0 Library, Part 2.
#include "webauthn/attestation/tpm_structures.hpp"

#include <gtest/gtest.h>

#include "../good_ceremony.hpp"
#include "crypto/message_digest.hpp"
#include "encoding/byte_codec.hpp"

namespace masterkey2::webauthn {
namespace {

void write_sized(ByteWriter& writer, ByteView bytes) {
  writer.integer(static_cast<std::uint16_t>(bytes.size()));
  writer.raw(bytes);
}

using Numbers = std::vector<std::uint16_t>;

/// TPMT_PUBLIC up to its parameters.
ByteWriter begin_area(std::uint16_t type, std::uint16_t name_algorithm) {
  ByteWriter writer;
  writer.integer(type);
  writer.integer(name_algorithm);
  writer.integer(std::uint32_t{0x00060472});
  write_sized(writer, Bytes(32, 0xAB));  // a policy
  return writer;
}

const Bytes kModulus(256, 0xFF);

Bytes rsa_area(const Numbers& symmetric_and_scheme, std::uint32_t exponent = 0,
               const Bytes& modulus = kModulus, std::uint16_t name_algorithm = 0x000B) {
  ByteWriter writer = begin_area(0x0001, name_algorithm);
  for (const std::uint16_t number : symmetric_and_scheme) writer.integer(number);
  writer.integer(std::uint16_t{2048});
  writer.integer(exponent);
  write_sized(writer, modulus);
  return std::move(writer).take();
}

/// The coordinates of a COSE key of `size` bytes each, which stand at fixed places.
struct Point {
  explicit Point(std::int32_t algorithm) {
    const Bytes& key = shared_credential(algorithm).public_key;
    const std::size_t size = (key.size() - 13) / 2;
    const std::size_t start = key.size() - 2 * size - 3;
    x.assign(key.begin() + static_cast<std::ptrdiff_t>(start),
             key.begin() + static_cast<std::ptrdiff_t>(start + size));
    y.assign(key.end() - static_cast<std::ptrdiff_t>(size), key.end());
  }
  Bytes x;
  Bytes y;
};

Bytes ecc_area(const Numbers& parameters, const Bytes& x, const Bytes& y) {
  ByteWriter writer = begin_area(0x0023, 0x000B);
  for (const std::uint16_t number : parameters) writer.integer(number);
  write_sized(writer, x);
  write_sized(writer, y);
  return std::move(writer).take();
}

const Numbers kRsassa = {0x0010, 0x0014, 0x000B};
const Numbers kEcdsaP256 = {0x0010, 0x0018, 0x000B, 0x0003, 0x0010};

TEST(TpmPublicArea, ReadsAnRsaKey) {
  const auto expected = PublicKey::from_rsa(kModulus, Bytes{1, 0, 1}).value();
  for (const Bytes& area :
       {rsa_area(kRsassa), rsa_area(kRsassa, 65'537), rsa_area({0x0010, 0x0010}),
        rsa_area({0x0010, 0x0015}),                          // RSAES: no hash
        rsa_area({0x0006, 128, 0x0043, 0x0014, 0x000B})}) {  // AES, 128 bits, CFB
    const auto parsed = parse_tpm_public_area(area);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(parsed->key->equals(expected));
  }
  const auto other = parse_tpm_public_area(rsa_area(kRsassa, 3));
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->key->equals(PublicKey::from_rsa(kModulus, Bytes{3}).value()));
}

TEST(TpmPublicArea, TakesLeadingZerosOfAModulus) {
  Bytes modulus = kModulus;
  modulus.insert(modulus.begin(), 2, 0);
  const auto parsed = parse_tpm_public_area(rsa_area(kRsassa, 0, modulus));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->key->equals(PublicKey::from_rsa(kModulus, Bytes{1, 0, 1}).value()));
  EXPECT_FALSE(parse_tpm_public_area(rsa_area(kRsassa, 0, Bytes(256))));
}

TEST(TpmPublicArea, ReadsAnEllipticKey) {
  struct Row {
    std::int32_t algorithm;
    std::uint16_t curve;
  };
  for (const Row& row : {Row{-7, 0x0003}, Row{-35, 0x0004}, Row{-36, 0x0005}}) {
    const Point point(row.algorithm);
    for (const Numbers& parameters :
         {Numbers{0x0010, 0x0018, 0x000B, row.curve, 0x0010},
          Numbers{0x0010, 0x001A, 0x000B, 7, row.curve, 0x0010},  // ECDAA: a hash and a count
          Numbers{0x0010, 0x0010, row.curve, 0x0020, 0x000B}}) {  // KDF1 of SP 800-56A
      EXPECT_TRUE(parse_tpm_public_area(ecc_area(parameters, point.x, point.y))) << row.algorithm;
    }
    // On any other curve it is no point.
    for (const std::uint16_t curve : Numbers{0x0003, 0x0004, 0x0005, 0x0001, 0x0010}) {
      const Bytes area = ecc_area({0x0010, 0x0010, curve, 0x0010}, point.x, point.y);
      EXPECT_EQ(parse_tpm_public_area(area).has_value(), curve == row.curve) << row.algorithm;
    }
  }
}

/// The curve P-256 has a point with x = 5 (SP 800-186 gives a and b).
TEST(TpmPublicArea, PadsCoordinatesWithoutTheirLeadingZeros) {
  const Bytes y = {0x45, 0x92, 0x43, 0xB9, 0xAA, 0x58, 0x18, 0x06, 0xFE, 0x91, 0x3B,
                   0xCE, 0x99, 0x81, 0x7A, 0xDE, 0x11, 0xCA, 0x50, 0x3C, 0x64, 0xD9,
                   0xA3, 0xC5, 0x33, 0x41, 0x5C, 0x08, 0x32, 0x48, 0xFB, 0xCC};
  Bytes x(32);
  x.back() = 5;
  const auto expected = PublicKey::from_ec_point(EcCurve::kP256, x, y);
  ASSERT_TRUE(expected);
  const auto parsed = parse_tpm_public_area(ecc_area(kEcdsaP256, Bytes{5}, y));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->key->equals(*expected));
  Bytes longer = x;
  longer.insert(longer.begin(), 0);
  EXPECT_FALSE(parse_tpm_public_area(ecc_area(kEcdsaP256, longer, y)));
}

TEST(TpmPublicArea, IsReadWhole) {
  const Point point(kEs256);
  for (Bytes area : {rsa_area(kRsassa), ecc_area(kEcdsaP256, point.x, point.y)}) {
    ASSERT_TRUE(parse_tpm_public_area(area));
    for (std::size_t size = 0; size < area.size(); ++size) {
      EXPECT_FALSE(parse_tpm_public_area(ByteView(area).first(size))) << size;
    }
    area.push_back(0);
    EXPECT_FALSE(parse_tpm_public_area(area));
  }
}

TEST(TpmPublicArea, WantsATypeAndANameAlgorithmThatAreKnown) {
  struct Row {
    std::uint16_t id;
    HashAlgorithm hash;
  };
  for (const Row& row : {Row{0x000B, HashAlgorithm::kSha256}, Row{0x000C, HashAlgorithm::kSha384},
                         Row{0x000D, HashAlgorithm::kSha512}}) {
    const Bytes bytes = rsa_area(kRsassa, 0, kModulus, row.id);
    const auto area = parse_tpm_public_area(bytes);
    ASSERT_TRUE(area);
    EXPECT_EQ(area->name_algorithm, row.hash);
    Bytes name = {0x00, static_cast<std::uint8_t>(row.id)};
    const MessageDigest hash = message_digest(row.hash, {bytes});
    name.insert(name.end(), hash.view().begin(), hash.view().end());
    EXPECT_EQ(tpm_name(area->name_algorithm, bytes), name);
  }
  EXPECT_FALSE(parse_tpm_public_area(rsa_area(kRsassa, 0, kModulus, 0x0004)));  // SHA-1
  EXPECT_FALSE(parse_tpm_public_area(rsa_area(kRsassa, 0, kModulus, 0x0012)));  // SM3
  // A symmetric key, though what follows would be read as one of the known types.
  const Point point(kEs256);
  for (Bytes area : {rsa_area(kRsassa), ecc_area(kEcdsaP256, point.x, point.y)}) {
    area[1] = 0x25;
    EXPECT_FALSE(parse_tpm_public_area(area));
  }
}

}  // namespace
}  // namespace masterkey2::webauthn
