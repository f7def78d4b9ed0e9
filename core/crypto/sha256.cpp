#include "crypto/sha256.hpp"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace masterkey2 {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// Fetched once: a fetch a call costs as much as the hash, and takes a lock that threads share.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

}  // namespace

Digest sha256(std::initializer_list<ByteView> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
  Digest digest;
  bool ok = algorithm() != nullptr && context != nullptr &&
            EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) == 1;
  for (const ByteView part : parts) {
    ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  ok = ok && EVP_DigestFinal_ex(context.get(), digest.bytes.data(), nullptr) == 1;
  if (!ok) std::abort();
  return digest;
}

}  // namespace masterkey2
