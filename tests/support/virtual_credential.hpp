// A passkey made of software.
#pragma once

#include <cstdint>
#include <memory>

#include "masterkey2/bytes.hpp"

struct evp_pkey_st;

namespace masterkey2::support {

/// A key pair with its credential ID and user handle. Copies share the key pair. `sign` may be
/// called from several threads.
class VirtualCredential {
 public:
  /// A new key pair for a COSE algorithm that the core knows, and a random id of 32 bytes. RSA key
  /// pairs take long to make: all RSA credentials of a process share one.
  [[nodiscard]] static VirtualCredential create(std::int32_t algorithm, Bytes user_handle);

  Bytes id;
  Bytes user_handle;
  Aaguid aaguid;
  Bytes public_key;  ///< COSE_Key

  [[nodiscard]] std::int32_t algorithm() const { return algorithm_; }
  /// By the credential's algorithm; ECDSA in DER.
  [[nodiscard]] Bytes sign(ByteView message) const;
  /// The key pair, borrowed.
  [[nodiscard]] evp_pkey_st* key() const { return key_.get(); }

 private:
  std::int32_t algorithm_ = 0;
  std::shared_ptr<evp_pkey_st> key_;  ///< shared by the copies
};

/// RSASSA-PKCS1-v1_5 with SHA-1, by an RSA key pair: what old TPMs do.
[[nodiscard]] Bytes sign_with_sha1(const VirtualCredential& key, ByteView message);

}  // namespace masterkey2::support
