#include "crypto/key_derivation.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstdlib>
#include <memory>

namespace masterkey2 {
namespace {

struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
};
struct FreeKdfContext {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};
using KdfContext = std::unique_ptr<EVP_KDF_CTX, FreeKdfContext>;

KdfContext make_context() {
  static const std::unique_ptr<EVP_KDF, FreeKdf> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  KdfContext context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  if (!context || EVP_KDF_CTX_set_params(context.get(), params) != 1) std::abort();
  return context;
}

/// OpenSSL's parameters are not const, but inputs are only read.
OSSL_PARAM octets(const char* name, ByteView bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()),
                                           bytes.size());
}

}  // namespace

SecretKey derive_key(ByteView secret, std::string_view purpose, ByteView context) {
  // Key and info are set anew by each call; the digest stays.
  thread_local const KdfContext kdf = make_context();
  static constexpr std::uint8_t kSeparator[] = {0};
  // Several info parameters of one call are put one behind the other.
  const OSSL_PARAM params[] = {octets(OSSL_KDF_PARAM_KEY, secret),
                               octets(OSSL_KDF_PARAM_INFO, as_bytes(purpose)),
                               octets(OSSL_KDF_PARAM_INFO, kSeparator),
                               octets(OSSL_KDF_PARAM_INFO, context), OSSL_PARAM_construct_end()};
  SecretKey key;
  if (EVP_KDF_derive(kdf.get(), key.data(), key.size(), params) != 1) std::abort();
  return key;
}

}  // namespace masterkey2
