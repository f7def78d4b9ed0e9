#include "crypto/key_derivation.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>
#include <initializer_list>
#include <memory>

namespace masterkey2 {
namespace {

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

MacContext make_context() {
  static const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  MacContext context(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_CTX_set_params(context.get(), params) != 1) std::abort();
  return context;
}

SecretKey hmac_sha256(ByteView key, std::initializer_list<ByteView> message) {
  // OpenSSL's own HKDF fetches HMAC and SHA-256 anew for each key: twice the time of all the rest.
  thread_local const MacContext context = make_context();
  bool ok = EVP_MAC_init(context.get(), key.data(), key.size(), nullptr) == 1;
  for (const ByteView part : message) {
    ok = ok && EVP_MAC_update(context.get(), part.data(), part.size()) == 1;
  }
  SecretKey mac;
  std::size_t size = 0;
  ok = ok && EVP_MAC_final(context.get(), mac.data(), &size, mac.size()) == 1;
  if (!ok || size != mac.size()) std::abort();
  return mac;
}

}  // namespace

SecretKey extract_key(ByteView secret) {
  static constexpr SecretKey kNoSalt = {};
  return hmac_sha256(kNoSalt, {secret});
}

SecretKey expand_key(const SecretKey& extracted, std::string_view purpose, ByteView context) {
  static constexpr std::uint8_t kSeparator[] = {0};
  static constexpr std::uint8_t kFirstBlock[] = {1};  // and the last: it has 32 bytes
  return hmac_sha256(extracted, {as_bytes(purpose), kSeparator, context, kFirstBlock});
}

}  // namespace masterkey2
