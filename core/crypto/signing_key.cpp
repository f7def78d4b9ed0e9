#include "crypto/signing_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>
#include <atomic>
#include <cstdlib>

#include "crypto/sha256.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kScalarSize = 32;
constexpr std::size_t kPointSize = 65;
constexpr std::size_t kSignatureSize = 64;
constexpr std::size_t kMaxDerSignature = 72;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// A key from its parts; `scalar` empty: the public half alone. Null if the point is none of P-256.
Owned<EVP_PKEY> make_key(ByteView scalar, ByteView point) {
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const Owned<BIGNUM> number(
      scalar.empty() ? nullptr
                     : BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), BN_secure_new()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!builder || !context || (!scalar.empty() && !number)) std::abort();
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1 ||
      (number &&
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) != 1)) {
    std::abort();
  }
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()));
  EVP_PKEY* key = nullptr;
  if (!params || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, number ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                        params.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return Owned<EVP_PKEY>(key);
}

}  // namespace

struct EcSigningKey::Key {
  explicit Key(Owned<EVP_PKEY> owned) : pkey(std::move(owned)) {}

  Owned<EVP_PKEY> pkey;
  std::uint64_t serial = next_serial();  ///< never used twice, unlike an address

 private:
  static std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }
};

EcSigningKey::EcSigningKey(std::unique_ptr<Key> key) : key_(std::move(key)) {}
EcSigningKey::EcSigningKey(EcSigningKey&&) noexcept = default;
EcSigningKey& EcSigningKey::operator=(EcSigningKey&&) noexcept = default;
EcSigningKey::~EcSigningKey() = default;

EcSigningKey EcSigningKey::generate() {
  Owned<EVP_PKEY> key(EVP_EC_gen("prime256v1"));
  if (!key) std::abort();
  return EcSigningKey(std::make_unique<Key>(std::move(key)));
}

std::optional<EcSigningKey> EcSigningKey::from_private(ByteView scalar, ByteView point) {
  if (scalar.size() != kScalarSize || point.size() != kPointSize || point[0] != 0x04) {
    return std::nullopt;
  }
  Owned<EVP_PKEY> key = make_key(scalar, point);
  if (!key) return std::nullopt;
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!check) std::abort();
  if (EVP_PKEY_check(check.get()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return EcSigningKey(std::make_unique<Key>(std::move(key)));
}

Bytes EcSigningKey::private_scalar() const {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key_->pkey.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) std::abort();
  const Owned<BIGNUM> owned(number);
  Bytes scalar(kScalarSize);
  if (BN_bn2binpad(number, scalar.data(), static_cast<int>(scalar.size())) < 0) std::abort();
  return scalar;
}

Bytes EcSigningKey::public_point() const {
  Bytes point(kPointSize);
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key_->pkey.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                      point.size(), &size) != 1 ||
      size != kPointSize) {
    std::abort();
  }
  return point;
}

Bytes EcSigningKey::sign(ByteView message) const {
  // A fresh context for each signature would cost a quarter more than signing itself.
  struct Prepared {
    std::uint64_t serial = 0;
    Owned<EVP_PKEY_CTX> context;
  };
  thread_local Prepared prepared;
  if (prepared.serial != key_->serial) {
    prepared.serial = 0;
    prepared.context.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, key_->pkey.get(), nullptr));
    if (!prepared.context || EVP_PKEY_sign_init(prepared.context.get()) != 1) std::abort();
    prepared.serial = key_->serial;
  }
  const Digest digest = sha256(message);
  std::array<std::uint8_t, kMaxDerSignature> der{};
  std::size_t der_size = der.size();
  if (EVP_PKEY_sign(prepared.context.get(), der.data(), &der_size, digest.bytes.data(),
                    digest.bytes.size()) != 1) {
    std::abort();
  }
  const std::uint8_t* cursor = der.data();
  const Owned<ECDSA_SIG> parsed(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der_size)));
  Bytes signature(kSignatureSize);
  if (!parsed || BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), signature.data(), 32) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), signature.data() + 32, 32) < 0) {
    std::abort();
  }
  return signature;
}

bool verify_es256(ByteView point, ByteView message, ByteView signature) {
  if (point.size() != kPointSize || point[0] != 0x04 || signature.size() != kSignatureSize) {
    return false;
  }
  const Owned<EVP_PKEY> key = make_key({}, point);
  if (!key) return false;
  const Owned<ECDSA_SIG> parsed(ECDSA_SIG_new());
  Owned<BIGNUM> r(BN_bin2bn(signature.data(), 32, nullptr));
  Owned<BIGNUM> s(BN_bin2bn(signature.data() + 32, 32, nullptr));
  if (!parsed || !r || !s || ECDSA_SIG_set0(parsed.get(), r.get(), s.get()) != 1) std::abort();
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::array<std::uint8_t, kMaxDerSignature> der{};
  std::uint8_t* cursor = der.data();
  const int der_size = i2d_ECDSA_SIG(parsed.get(), &cursor);
  const Digest digest = sha256(message);
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (der_size <= 0 || !context || EVP_PKEY_verify_init(context.get()) != 1) std::abort();
  const bool good = EVP_PKEY_verify(context.get(), der.data(), static_cast<std::size_t>(der_size),
                                    digest.bytes.data(), digest.bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace masterkey2
