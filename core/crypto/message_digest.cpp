#include "crypto/message_digest.hpp"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

#include "crypto/fetched_digest.hpp"

namespace masterkey2 {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

const EVP_MD* fetched_digest(HashAlgorithm algorithm) {
  static const std::array<const EVP_MD*, 4> algorithms = {
      EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_fetch(nullptr, "SHA384", nullptr),
      EVP_MD_fetch(nullptr, "SHA512", nullptr), EVP_MD_fetch(nullptr, "SHA1", nullptr)};
  const EVP_MD* fetched = algorithms[static_cast<std::size_t>(algorithm)];
  if (fetched == nullptr) std::abort();
  return fetched;
}

MessageDigest message_digest(HashAlgorithm algorithm, std::initializer_list<ByteView> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
  MessageDigest digest;
  unsigned size = 0;
  bool ok = context != nullptr &&
            EVP_DigestInit_ex2(context.get(), fetched_digest(algorithm), nullptr) == 1;
  for (const ByteView part : parts) {
    ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  ok = ok && EVP_DigestFinal_ex(context.get(), digest.bytes.data(), &size) == 1;
  if (!ok) std::abort();
  digest.size = size;
  return digest;
}

}  // namespace masterkey2
