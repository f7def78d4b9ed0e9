#include "crypto/public_key.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

#include "crypto/signing_key.hpp"

namespace masterkey2 {
namespace {

using enum SignatureAlgorithm;

Bytes from_hex(std::string_view hex) {
  const auto digit = [](char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  }
  return bytes;
}

/// The smallest DER INTEGER of a big-endian number.
Bytes der_integer(ByteView number) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  Bytes der = {0x02, 0};
  if (number.front() >= 0x80) der.push_back(0);
  der.insert(der.end(), number.begin(), number.end());
  der[1] = static_cast<std::uint8_t>(der.size() - 2);
  return der;
}

Bytes sequence(const Bytes& r, const Bytes& s) {
  Bytes der = {0x30, static_cast<std::uint8_t>(r.size() + s.size())};
  der.insert(der.end(), r.begin(), r.end());
  der.insert(der.end(), s.begin(), s.end());
  return der;
}

/// A P-256 key pair, a message and r and s of its signature.
struct Es256 {
  EcSigningKey signer = EcSigningKey::generate();
  PublicKey key = public_half(signer);
  Bytes message = {1, 2, 3};
  Bytes r;
  Bytes s;

  Es256() {
    const Bytes raw = signer.sign(message);
    r.assign(raw.begin(), raw.begin() + 32);
    s.assign(raw.begin() + 32, raw.end());
  }

  static PublicKey public_half(const EcSigningKey& signer) {
    const Bytes point = signer.public_point();
    return PublicKey::from_ec_point(EcCurve::kP256, ByteView(point).subspan(1, 32),
                                    ByteView(point).subspan(33, 32))
        .value();
  }
  [[nodiscard]] bool accepts(const Bytes& signature) const {
    return key.verify(kEcdsaSha256, {message}, signature);
  }
};

const Bytes kOrderOfP256 =
    from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

Bytes subtract(Bytes left, const Bytes& right) {
  int borrow = 0;
  for (std::size_t i = left.size(); i-- > 0;) {
    const int difference = left[i] - right[i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    left[i] = static_cast<std::uint8_t>(difference + borrow * 256);
  }
  return left;
}

TEST(Ecdsa, AcceptsAGoodSignature) {
  const Es256 es256;
  EXPECT_TRUE(es256.accepts(sequence(der_integer(es256.r), der_integer(es256.s))));
  EXPECT_TRUE(es256.key.verify(kEcdsaSha256, {Bytes{1}, Bytes{}, Bytes{2, 3}},
                               sequence(der_integer(es256.r), der_integer(es256.s))));
}

TEST(Ecdsa, AcceptsHighAndLowS) {
  const Es256 es256;
  const Bytes other = subtract(kOrderOfP256, es256.s);
  EXPECT_TRUE(es256.accepts(sequence(der_integer(es256.r), der_integer(other))));
}

TEST(Ecdsa, RefusesRawRAndS) {
  const Es256 es256;
  Bytes raw = es256.r;
  raw.insert(raw.end(), es256.s.begin(), es256.s.end());
  EXPECT_FALSE(es256.accepts(raw));
}

TEST(Ecdsa, RefusesWhatIsNotStrictDer) {
  const Es256 es256;
  const Bytes r = der_integer(es256.r);
  const Bytes s = der_integer(es256.s);
  const Bytes good = sequence(r, s);
  Bytes behind = good;
  behind.push_back(0);
  EXPECT_FALSE(es256.accepts(behind));
  Bytes inside = sequence(r, s);
  inside.push_back(0);
  inside[1]++;
  EXPECT_FALSE(es256.accepts(inside));
  // A length in the long form.
  Bytes long_form = {0x30, 0x81};
  long_form.insert(long_form.end(), good.begin() + 1, good.end());
  EXPECT_FALSE(es256.accepts(long_form));
  // An integer with a zero in front.
  Bytes padded = r;
  padded.insert(padded.begin() + 2, 0);
  padded[1]++;
  EXPECT_FALSE(es256.accepts(sequence(padded, s)));
  // Indefinite length.
  Bytes indefinite = good;
  indefinite[1] = 0x80;
  indefinite.insert(indefinite.end(), {0, 0});
  EXPECT_FALSE(es256.accepts(indefinite));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(
        es256.accepts(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))));
  }
}

TEST(Ecdsa, RefusesNumbersOutOfRange) {
  const Es256 es256;
  const Bytes r = der_integer(es256.r);
  const Bytes s = der_integer(es256.s);
  const Bytes zero = {0x02, 0x01, 0x00};
  const Bytes order = der_integer(kOrderOfP256);
  EXPECT_FALSE(es256.accepts(sequence(zero, zero)));
  EXPECT_FALSE(es256.accepts(sequence(r, zero)));
  EXPECT_FALSE(es256.accepts(sequence(zero, s)));
  EXPECT_FALSE(es256.accepts(sequence(r, order)));
  EXPECT_FALSE(es256.accepts(sequence(order, s)));
  EXPECT_FALSE(es256.accepts(sequence(order, order)));
  // Negative.
  EXPECT_FALSE(es256.accepts(sequence(r, Bytes{0x02, 0x01, 0xFF})));
}

TEST(Ecdsa, RefusesOtherAlgorithms) {
  const Es256 es256;
  const Bytes good = sequence(der_integer(es256.r), der_integer(es256.s));
  for (const SignatureAlgorithm algorithm :
       {kEcdsaSha384, kEcdsaSha512, kEdDsa, kRsaPkcs1Sha256, kRsaPssSha256}) {
    EXPECT_FALSE(es256.key.verify(algorithm, {es256.message}, good));
  }
  EXPECT_FALSE(es256.key.verify(kEcdsaSha256, {Bytes{1, 2}}, good));
  EXPECT_FALSE(es256.key.verify(kEcdsaSha256, {es256.message}, {}));
}

TEST(Ecdsa, KeysAreUsedFromSeveralThreads) {
  const Es256 es256;
  const Bytes good = sequence(der_integer(es256.r), der_integer(es256.s));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        EXPECT_TRUE(es256.accepts(good));
        EXPECT_TRUE(Es256::public_half(es256.signer).verify(kEcdsaSha256, {es256.message}, good));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(EcPoint, WantsCoordinatesOfFullLengthOnTheCurve) {
  const Bytes g_x = from_hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
  const Bytes g_y = from_hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
  EXPECT_TRUE(PublicKey::from_ec_point(EcCurve::kP256, g_x, g_y));
  EXPECT_FALSE(PublicKey::from_ec_point(EcCurve::kP256, g_y, g_x));
  EXPECT_FALSE(PublicKey::from_ec_point(EcCurve::kSecp256k1, g_x, g_y));
  EXPECT_FALSE(PublicKey::from_ec_point(EcCurve::kP384, g_x, g_y));
  EXPECT_FALSE(PublicKey::from_ec_point(EcCurve::kP256, {}, {}));
  EXPECT_FALSE(PublicKey::from_ec_point(EcCurve::kP256, Bytes(32), Bytes(32)));
  // There is a point with x = 0; p has the same residue and is not below p.
  const Bytes p = from_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  const Bytes y = from_hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
  EXPECT_TRUE(PublicKey::from_ec_point(EcCurve::kP256, Bytes(32), y));
  EXPECT_FALSE(PublicKey::from_ec_point(EcCurve::kP256, p, y));
}

TEST(EcPoint, IsOfItsOwnKeyAloneHoweverKeysComeAndGo) {
  const Es256 one;
  const Es256 other;
  const auto good = [](const Es256& es256) {
    return sequence(der_integer(es256.r), der_integer(es256.s));
  };
  for (int i = 0; i < 3; ++i) {
    const PublicKey first = Es256::public_half(one.signer);
    EXPECT_FALSE(PublicKey::from_ec_point(EcCurve::kP256, Bytes(32, 1), Bytes(32, 1)));
    {
      const PublicKey second = Es256::public_half(other.signer);
      EXPECT_TRUE(second.verify(kEcdsaSha256, {other.message}, good(other)));
      EXPECT_FALSE(second.verify(kEcdsaSha256, {one.message}, good(one)));
      EXPECT_FALSE(second.equals(first));
    }
    EXPECT_TRUE(first.verify(kEcdsaSha256, {one.message}, good(one)));
    EXPECT_FALSE(first.verify(kEcdsaSha256, {other.message}, good(other)));
    EXPECT_TRUE(first.equals(one.key));
  }
}

TEST(EcPoint, MayEndInAnotherThreadThanItsOwn) {
  const Es256 es256;
  const Bytes good = sequence(der_integer(es256.r), der_integer(es256.s));
  std::optional<PublicKey> key;
  std::thread([&] { key = Es256::public_half(es256.signer); }).join();
  EXPECT_TRUE(key->verify(kEcdsaSha256, {es256.message}, good));
  std::thread([&] { key.reset(); }).join();
  static std::optional<PublicKey> until_the_process_ends;
  until_the_process_ends = Es256::public_half(es256.signer);
  EXPECT_TRUE(until_the_process_ends->verify(kEcdsaSha256, {es256.message}, good));
}

/// RFC 8032 §7.1, test 2.
const Bytes kEdKey = from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const Bytes kEdMessage = {0x72};
const Bytes kEdSignature = from_hex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

TEST(EdDsa, AcceptsTheVectorOfTheStandard) {
  const auto key = PublicKey::from_edwards_point(EdwardsCurve::kEd25519, kEdKey);
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->verify(kEdDsa, {kEdMessage}, kEdSignature));
  EXPECT_FALSE(key->verify(kEdDsa, {Bytes{0x73}}, kEdSignature));
  EXPECT_FALSE(key->verify(kEcdsaSha256, {kEdMessage}, kEdSignature));
}

TEST(EdDsa, RefusesSThatIsNotBelowTheOrder) {
  const auto key = PublicKey::from_edwards_point(EdwardsCurve::kEd25519, kEdKey);
  const Bytes order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Bytes signature = kEdSignature;
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const unsigned sum = signature[32 + i] + order[i] + carry;
    signature[32 + i] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8;
  }
  EXPECT_FALSE(key->verify(kEdDsa, {kEdMessage}, signature));
}

TEST(EdDsa, RefusesSignaturesOfOtherLengths) {
  const auto key = PublicKey::from_edwards_point(EdwardsCurve::kEd25519, kEdKey);
  Bytes longer = kEdSignature;
  longer.push_back(0);
  EXPECT_FALSE(key->verify(kEdDsa, {kEdMessage}, longer));
  longer.resize(63);
  EXPECT_FALSE(key->verify(kEdDsa, {kEdMessage}, longer));
}

TEST(EdwardsPoint, OfSmallOrderIsRefused) {
  for (const std::string_view y :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"}) {
    Bytes point = from_hex(y);
    EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd25519, point)) << y;
    point.back() |= 0x80;
    EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd25519, point)) << y;
  }
  for (const std::uint8_t y : Bytes{0, 1}) {
    Bytes point(57);
    point.front() = y;
    EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd448, point));
  }
}

TEST(EdwardsPoint, OutOfCanonicalFormIsRefused) {
  for (const std::string_view y :
       {"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",     // p
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",     // p + 1
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",     // p + 3
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {  // 2^255 - 1
    EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd25519, from_hex(y))) << y;
  }
  Bytes beyond(57, 0xFF);
  EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd448, beyond));
}

TEST(EdwardsPoint, OffTheCurveIsRefused) {
  // About half of all y have no x. y = 2 has none, y = 3 has one.
  Bytes point(32);
  point.front() = 2;
  EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd25519, point));
  point.front() = 3;
  EXPECT_TRUE(PublicKey::from_edwards_point(EdwardsCurve::kEd25519, point));
  EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd25519, Bytes(31, 3)));
  EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd25519, Bytes(33, 3)));
  EXPECT_FALSE(PublicKey::from_edwards_point(EdwardsCurve::kEd25519, {}));
}

bool is_sound_rsa(const Bytes& modulus, const Bytes& exponent) {
  return PublicKey::from_rsa(modulus, exponent).has_value();
}

TEST(RsaKey, HasASaneModulus) {
  const Bytes e = {1, 0, 1};
  EXPECT_TRUE(is_sound_rsa(Bytes(256, 0xFF), e));
  EXPECT_TRUE(is_sound_rsa(Bytes(1024, 0xFF), e));
  EXPECT_FALSE(is_sound_rsa(Bytes(1025, 0xFF), e));
  EXPECT_FALSE(is_sound_rsa(Bytes(32'768, 0xFF), e));
  EXPECT_FALSE(is_sound_rsa(Bytes(255, 0xFF), e));
  EXPECT_FALSE(is_sound_rsa({}, e));
  Bytes n(256, 0xFF);
  n.front() = 0x7F;  // 2047 bits
  EXPECT_FALSE(is_sound_rsa(n, e));
  n.front() = 0x00;
  EXPECT_FALSE(is_sound_rsa(n, e));
  n.front() = 0x80;
  EXPECT_TRUE(is_sound_rsa(n, e));
  n.back() = 0xFE;
  EXPECT_FALSE(is_sound_rsa(n, e));
}

TEST(RsaKey, HasASaneExponent) {
  const Bytes n(256, 0xFF);
  EXPECT_TRUE(is_sound_rsa(n, {3}));
  EXPECT_TRUE(is_sound_rsa(n, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}));
  for (const Bytes& e : std::vector<Bytes>{{}, {0}, {1}, {2}, {1, 0, 0}, {0, 3}, Bytes(9, 0xFF)}) {
    EXPECT_FALSE(is_sound_rsa(n, e));
  }
}

}  // namespace
}  // namespace masterkey2
