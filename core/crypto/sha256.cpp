#include "crypto/sha256.hpp"

#include <cstring>

#include "crypto/message_digest.hpp"

namespace masterkey2 {

Digest sha256(std::initializer_list<ByteView> parts) {
  const MessageDigest hash = message_digest(HashAlgorithm::kSha256, parts);
  Digest digest;
  std::memcpy(digest.bytes.data(), hash.bytes.data(), Digest::kSize);
  return digest;
}

}  // namespace masterkey2
