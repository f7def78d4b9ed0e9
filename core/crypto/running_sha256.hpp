// SHA-256 (FIPS 180-4) of what comes in pieces.
#pragma once

#include <memory>

#include "masterkey2/bytes.hpp"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace masterkey2 {

/// Aborts the process if OpenSSL cannot hash at all.
class RunningSha256 {
 public:
  RunningSha256();
  void add(ByteView bytes);
  /// Once, at the end.
  [[nodiscard]] Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace masterkey2
