#include "crypto/public_key.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <bit>
#include <cstdlib>
#include <utility>

#include "crypto/edwards_point.hpp"
#include "crypto/fetched_digest.hpp"

namespace masterkey2 {
namespace {

struct Deleter {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;

struct CurveRow {
  int nid;
  std::size_t coordinate_size;
};
constexpr std::array<CurveRow, 4> kCurves = {{
    {NID_X9_62_prime256v1, 32},
    {NID_secp384r1, 48},
    {NID_secp521r1, 66},
    {NID_secp256k1, 32},
}};

const CurveRow& row(EcCurve curve) { return kCurves[static_cast<std::size_t>(curve)]; }

/// Parameters of a curve without a point. To copy them is 25 times as fast as any decoder of
/// OpenSSL, and twice as fast as EVP_PKEY_fromdata.
EVP_PKEY* make_curve_template(int nid) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* parameters = nullptr;
  if (!context || EVP_PKEY_paramgen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context.get(), nid) != 1 ||
      EVP_PKEY_paramgen(context.get(), &parameters) != 1) {
    std::abort();
  }
  return parameters;
}

/// Made once, never freed.
const EVP_PKEY* curve_template(EcCurve curve) {
  static const std::array<const EVP_PKEY*, kCurves.size()> templates = [] {
    std::array<const EVP_PKEY*, kCurves.size()> made{};
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = make_curve_template(kCurves[i].nid);
    return made;
  }();
  return templates[static_cast<std::size_t>(curve)];
}

/// A key of each curve that this thread needs no more: to give one another point is five times as
/// fast as to make one. Nothing here has a destructor, so that keys may be freed at any time.
struct SpareKeys {
  std::array<EVP_PKEY*, kCurves.size()> keys;
  bool thread_has_ended;
};
constinit thread_local SpareKeys spare_keys = {};

/// Frees them with their thread.
struct SpareKeysEnd {
  SpareKeysEnd() = default;
  SpareKeysEnd(const SpareKeysEnd&) = delete;
  SpareKeysEnd& operator=(const SpareKeysEnd&) = delete;
  ~SpareKeysEnd() {
    spare_keys.thread_has_ended = true;
    for (EVP_PKEY*& key : spare_keys.keys) EVP_PKEY_free(std::exchange(key, nullptr));
  }
};

/// A key of `curve` with any point or none; null if memory is short.
EVP_PKEY* take_ec_key(EcCurve curve) {
  EVP_PKEY*& spare = spare_keys.keys[static_cast<std::size_t>(curve)];
  if (spare != nullptr) return std::exchange(spare, nullptr);
  EVP_PKEY* const key = EVP_PKEY_new();
  if (key != nullptr && EVP_PKEY_copy_parameters(key, curve_template(curve)) == 1) return key;
  EVP_PKEY_free(key);
  return nullptr;
}

void give_ec_key_back(EcCurve curve, EVP_PKEY* key) {
  thread_local const SpareKeysEnd end;
  EVP_PKEY*& spare = spare_keys.keys[static_cast<std::size_t>(curve)];
  if (spare == nullptr && !spare_keys.thread_has_ended) {
    spare = key;
  } else {
    EVP_PKEY_free(key);
  }
}

bool is_ecdsa(SignatureAlgorithm algorithm) {
  return algorithm <= SignatureAlgorithm::kEcdsaSha512;
}
bool is_rsa(SignatureAlgorithm algorithm) { return algorithm >= SignatureAlgorithm::kRsaPkcs1Sha1; }
bool is_pss(SignatureAlgorithm algorithm) { return algorithm >= SignatureAlgorithm::kRsaPssSha256; }

/// RSASSA with the padding and hash that the algorithm names.
bool set_rsa_scheme(EVP_PKEY_CTX* context, SignatureAlgorithm algorithm, const EVP_MD* md) {
  if (EVP_PKEY_CTX_set_signature_md(context, md) != 1) return false;
  if (!is_pss(algorithm)) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/// ECDSA and RSA: over the hash. OpenSSL takes an Ecdsa-Sig-Value in strict DER only, r and s from
/// 1 to below the order.
bool verify_hashed(EVP_PKEY* key, SignatureAlgorithm algorithm,
                   std::initializer_list<ByteView> message, ByteView signature) {
  const HashAlgorithm hash = hash_of(algorithm);
  const MessageDigest digest = message_digest(hash, message);
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         (!is_rsa(algorithm) || set_rsa_scheme(context.get(), algorithm, fetched_digest(hash))) &&
         EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.bytes.data(),
                         digest.size) == 1;
}

/// EdDSA and ML-DSA: over the message itself. OpenSSL refuses an EdDSA S that is not below the
/// order (RFC 8032 §5.1.7).
bool verify_pure(EVP_PKEY* key, std::initializer_list<ByteView> message, ByteView signature) {
  Bytes joined;
  for (const ByteView part : message) joined.insert(joined.end(), part.begin(), part.end());
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) ==
             1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), joined.data(),
                          joined.size()) == 1;
}

constexpr std::array<const char*, 3> kMlDsaNames = {"ML-DSA-44", "ML-DSA-65", "ML-DSA-87"};

bool can_fetch_signature(const char* name) {
  EVP_SIGNATURE* const fetched = EVP_SIGNATURE_fetch(nullptr, name, nullptr);
  EVP_SIGNATURE_free(fetched);
  ERR_clear_error();
  return fetched != nullptr;
}

constexpr std::size_t kMinModulusBits = 2048;
constexpr std::size_t kMaxModulusBits = 8192;
constexpr std::size_t kMaxExponentSize = 8;  // more OpenSSL does not take with a large modulus

bool is_sound_rsa(ByteView modulus, ByteView exponent) {
  if (modulus.empty() || modulus.front() == 0 || modulus.size() > kMaxModulusBits / 8) return false;
  const std::size_t bits =
      modulus.size() * 8 - static_cast<std::size_t>(std::countl_zero(modulus.front()));
  if (bits < kMinModulusBits || modulus.back() % 2 == 0) return false;
  if (exponent.empty() || exponent.front() == 0 || exponent.size() > kMaxExponentSize) return false;
  const bool is_one = exponent.size() == 1 && exponent.front() == 1;
  return exponent.back() % 2 == 1 && !is_one;
}

}  // namespace

HashAlgorithm hash_of(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::kEcdsaSha384:
    case SignatureAlgorithm::kRsaPkcs1Sha384:
    case SignatureAlgorithm::kRsaPssSha384:
      return HashAlgorithm::kSha384;
    case SignatureAlgorithm::kEcdsaSha512:
    case SignatureAlgorithm::kEdDsa:
    case SignatureAlgorithm::kMlDsa:
    case SignatureAlgorithm::kRsaPkcs1Sha512:
    case SignatureAlgorithm::kRsaPssSha512:
      return HashAlgorithm::kSha512;
    case SignatureAlgorithm::kRsaPkcs1Sha1:
      return HashAlgorithm::kSha1;
    case SignatureAlgorithm::kEcdsaSha256:
    case SignatureAlgorithm::kRsaPkcs1Sha256:
    case SignatureAlgorithm::kRsaPssSha256:
      break;
  }
  return HashAlgorithm::kSha256;
}

bool is_available(MlDsaSet set) {
  static const std::array<bool, 3> available = {can_fetch_signature(kMlDsaNames[0]),
                                                can_fetch_signature(kMlDsaNames[1]),
                                                can_fetch_signature(kMlDsaNames[2])};
  return available[static_cast<std::size_t>(set)];
}

std::size_t coordinate_size(EcCurve curve) { return row(curve).coordinate_size; }

void PublicKey::Free::operator()(evp_pkey_st* key) const {
  if (curve) {
    give_ec_key_back(*curve, key);
  } else {
    EVP_PKEY_free(key);
  }
}

std::optional<PublicKey> PublicKey::from_ec_point(EcCurve curve, ByteView x, ByteView y) {
  const std::size_t size = coordinate_size(curve);
  if (x.size() != size || y.size() != size) return std::nullopt;
  Bytes point;
  point.reserve(1 + 2 * size);
  point.push_back(POINT_CONVERSION_UNCOMPRESSED);
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  Handle handle(take_ec_key(curve), Free{curve});
  // Refuses a point that is not on the curve.
  if (!handle || EVP_PKEY_set1_encoded_public_key(handle.get(), point.data(), point.size()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return PublicKey(Type::kEc, std::move(handle));
}

std::optional<PublicKey> PublicKey::from_edwards_point(EdwardsCurve curve, ByteView point) {
  if (!is_sound_edwards_point(curve, point)) return std::nullopt;
  const char* name = curve == EdwardsCurve::kEd25519 ? "ED25519" : "ED448";
  Handle handle(EVP_PKEY_new_raw_public_key_ex(nullptr, name, nullptr, point.data(), point.size()));
  if (!handle) {
    ERR_clear_error();
    return std::nullopt;
  }
  return PublicKey(Type::kEdwards, std::move(handle));
}

std::optional<PublicKey> PublicKey::from_rsa(ByteView modulus, ByteView exponent) {
  if (!is_sound_rsa(modulus, exponent)) return std::nullopt;
  const Owned<BIGNUM> n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  const Owned<BIGNUM> e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return PublicKey(Type::kRsa, Handle(key));
}

std::optional<PublicKey> PublicKey::from_ml_dsa(MlDsaSet set, ByteView key) {
  Handle handle(EVP_PKEY_new_raw_public_key_ex(nullptr, kMlDsaNames[static_cast<std::size_t>(set)],
                                               nullptr, key.data(), key.size()));
  if (!handle) {
    ERR_clear_error();
    return std::nullopt;
  }
  return PublicKey(Type::kMlDsa, std::move(handle));
}

bool PublicKey::equals(const PublicKey& other) const {
  const bool equal = EVP_PKEY_eq(handle_.get(), other.handle_.get()) == 1;
  if (!equal) ERR_clear_error();
  return equal;
}

PublicKey::Type PublicKey::type_of(SignatureAlgorithm algorithm) {
  if (is_ecdsa(algorithm)) return Type::kEc;
  if (is_rsa(algorithm)) return Type::kRsa;
  return algorithm == SignatureAlgorithm::kMlDsa ? Type::kMlDsa : Type::kEdwards;
}

bool PublicKey::verify(SignatureAlgorithm algorithm, std::initializer_list<ByteView> message,
                       ByteView signature) const {
  const Type type = type_of(algorithm);
  if (type != type_ || signature.empty()) return false;
  const bool pure = type == Type::kEdwards || type == Type::kMlDsa;
  const bool ok = pure ? verify_pure(handle_.get(), message, signature)
                       : verify_hashed(handle_.get(), algorithm, message, signature);
  if (!ok) ERR_clear_error();
  return ok;
}

}  // namespace masterkey2
