#include "crypto/running_sha256.hpp"

#include <openssl/evp.h>

#include <cstdlib>

namespace masterkey2 {

void RunningSha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

RunningSha256::RunningSha256() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) std::abort();
}

void RunningSha256::add(ByteView bytes) {
  if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) std::abort();
}

Digest RunningSha256::finish() {
  Digest digest;
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context_.get(), digest.bytes.data(), &size) != 1 ||
      size != Digest::kSize) {
    std::abort();
  }
  return digest;
}

}  // namespace masterkey2
