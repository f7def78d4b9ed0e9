#include "support/virtual_credential.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <array>
#include <stdexcept>
#include <utility>
#include <variant>

#include "support/cbor_writer.hpp"
#include "webauthn/algorithm.hpp"

namespace masterkey2::support {
namespace {

using webauthn::Algorithm;
using webauthn::RsaKeyType;
using KeyPair = std::shared_ptr<EVP_PKEY>;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

KeyPair owned(EVP_PKEY* key) {
  require(key != nullptr, "no key pair");
  return {key, EVP_PKEY_free};
}

struct MakeKeyPair {
  KeyPair operator()(EcCurve curve) const {
    constexpr const char* kNames[] = {"P-256", "P-384", "P-521", "secp256k1"};
    return owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kNames[static_cast<int>(curve)]));
  }
  KeyPair operator()(EdwardsCurve curve) const {
    return owned(
        EVP_PKEY_Q_keygen(nullptr, nullptr, curve == EdwardsCurve::kEd25519 ? "ED25519" : "ED448"));
  }
  KeyPair operator()(MlDsaSet set) const {
    constexpr const char* kNames[] = {"ML-DSA-44", "ML-DSA-65", "ML-DSA-87"};
    return owned(EVP_PKEY_Q_keygen(nullptr, nullptr, kNames[static_cast<int>(set)]));
  }
  KeyPair operator()(RsaKeyType) const {
    static const KeyPair shared =
        owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
    return shared;
  }
};

Bytes number_of(EVP_PKEY* key, const char* name, std::size_t size) {
  BIGNUM* number = nullptr;
  require(EVP_PKEY_get_bn_param(key, name, &number) == 1, "no such number");
  Bytes bytes(size == 0 ? static_cast<std::size_t>(BN_num_bytes(number)) : size);
  BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size()));
  BN_free(number);
  return bytes;
}

/// The COSE_Key of the public half.
struct MakeCoseKey {
  const Algorithm& algorithm;
  EVP_PKEY* key;

  Bytes operator()(EcCurve curve) const {
    constexpr std::int64_t kIds[] = {1, 2, 3, 8};
    const std::size_t size = coordinate_size(curve);
    return CborWriter()
        .map(5)
        .integer(1)
        .integer(2)
        .integer(3)
        .integer(algorithm.id)
        .integer(-1)
        .integer(kIds[static_cast<int>(curve)])
        .integer(-2)
        .bytes(number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size))
        .integer(-3)
        .bytes(number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size))
        .out();
  }
  Bytes operator()(EdwardsCurve curve) const {
    Bytes x(curve == EdwardsCurve::kEd25519 ? 32 : 57);
    std::size_t size = x.size();
    require(EVP_PKEY_get_raw_public_key(key, x.data(), &size) == 1, "no public key");
    return CborWriter()
        .map(4)
        .integer(1)
        .integer(1)
        .integer(3)
        .integer(algorithm.id)
        .integer(-1)
        .integer(curve == EdwardsCurve::kEd25519 ? 6 : 7)
        .integer(-2)
        .bytes(x)
        .out();
  }
  Bytes operator()(MlDsaSet) const {
    std::size_t size = 0;
    require(EVP_PKEY_get_raw_public_key(key, nullptr, &size) == 1, "no public key");
    Bytes pub(size);
    require(EVP_PKEY_get_raw_public_key(key, pub.data(), &size) == 1, "no public key");
    return CborWriter()
        .map(3)
        .integer(1)
        .integer(7)
        .integer(3)
        .integer(algorithm.id)
        .integer(-1)
        .bytes(pub)
        .out();
  }
  Bytes operator()(RsaKeyType) const {
    return CborWriter()
        .map(4)
        .integer(1)
        .integer(3)
        .integer(3)
        .integer(algorithm.id)
        .integer(-1)
        .bytes(number_of(key, OSSL_PKEY_PARAM_RSA_N, 0))
        .integer(-2)
        .bytes(number_of(key, OSSL_PKEY_PARAM_RSA_E, 0))
        .out();
  }
};

const char* hash_name(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::kEdDsa:
    case SignatureAlgorithm::kMlDsa:
      return nullptr;
    case SignatureAlgorithm::kEcdsaSha384:
    case SignatureAlgorithm::kRsaPkcs1Sha384:
    case SignatureAlgorithm::kRsaPssSha384:
      return "SHA384";
    case SignatureAlgorithm::kEcdsaSha512:
    case SignatureAlgorithm::kRsaPkcs1Sha512:
    case SignatureAlgorithm::kRsaPssSha512:
      return "SHA512";
    default:
      return "SHA256";
  }
}

const Algorithm& algorithm_of(std::int32_t id) {
  const Algorithm* found = webauthn::find_algorithm(id);
  require(found != nullptr, "unknown algorithm");
  return *found;
}

/// `hash`: null for algorithms that have none of their own.
Bytes sign_by(EVP_PKEY* key, const char* hash, bool pss, ByteView message) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  EVP_PKEY_CTX* key_context = nullptr;  // owned by `context`
  require(
      EVP_DigestSignInit_ex(context.get(), &key_context, hash, nullptr, nullptr, key, nullptr) == 1,
      "cannot sign");
  if (pss) {
    require(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1,
            "cannot sign");
  }
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = signature.size();
  require(
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1,
      "cannot sign");
  signature.resize(size);
  return signature;
}

}  // namespace

VirtualCredential VirtualCredential::create(std::int32_t algorithm, Bytes user_handle) {
  const Algorithm& known = algorithm_of(algorithm);
  VirtualCredential credential;
  credential.algorithm_ = algorithm;
  credential.key_ = std::visit(MakeKeyPair{}, known.key);
  credential.id.resize(32);
  require(RAND_bytes(credential.id.data(), 32) == 1, "no random bytes");
  credential.user_handle = std::move(user_handle);
  credential.public_key = std::visit(MakeCoseKey{known, credential.key_.get()}, known.key);
  return credential;
}

Bytes VirtualCredential::sign(ByteView message) const {
  const SignatureAlgorithm algorithm = algorithm_of(algorithm_).signature;
  return sign_by(key_.get(), hash_name(algorithm), algorithm >= SignatureAlgorithm::kRsaPssSha256,
                 message);
}

Bytes sign_with_sha1(const VirtualCredential& key, ByteView message) {
  return sign_by(key.key(), "SHA1", false, message);
}

}  // namespace masterkey2::support
