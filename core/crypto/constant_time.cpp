#include "crypto/constant_time.hpp"

#include <openssl/crypto.h>

namespace masterkey2 {

bool equal_in_constant_time(ByteView left, ByteView right) {
  return left.size() == right.size() &&
         (left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace masterkey2
