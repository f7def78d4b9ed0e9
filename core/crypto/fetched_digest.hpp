// OpenSSL's hash algorithms, for the files of this folder.
#pragma once

#include <openssl/evp.h>

#include "crypto/message_digest.hpp"

namespace masterkey2 {

/// Fetched once and never freed: a fetch a call costs as much as the hash, and takes a lock that
/// threads share.
[[nodiscard]] const EVP_MD* fetched_digest(HashAlgorithm algorithm);

}  // namespace masterkey2
