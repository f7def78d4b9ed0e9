#include "crypto/wipe.hpp"

#include <openssl/crypto.h>

namespace masterkey2 {

void wipe(std::span<std::uint8_t> secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

}  // namespace masterkey2
