// A tenant: one relying party.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

enum class SigningKeyState : std::uint8_t { kPending = 0, kActive = 1, kRetired = 2 };

/// An ES256 key that signs a tenant's assertions. The private half is sealed by the key ring before
/// it comes here; storage never sees it in clear.
struct SigningKey {
  std::string id;  ///< JWK `kid`, 1–64 bytes of base64url text
  SigningKeyState state{};
  UnixMillis created_at = 0;
  UnixMillis activates_at = 0;   ///< a pending key is published before its first use
  UnixMillis retires_at = 0;     ///< 0: not planned
  Bytes public_point;            ///< 65 B: 0x04 | x | y on P-256
  std::uint32_t wrapped_by = 0;  ///< key id within the key ring
  Bytes wrapped_private_key;     ///< 1–512 B, opaque here

  bool operator==(const SigningKey&) const = default;
};

/// One row a tenant. `generation` is storage's: 1 at insert, +1 at each update; every answer that
/// rests on cached settings compares it.
struct Tenant {
  TenantId id;
  std::uint64_t generation = 0;
  bool enabled = true;
  std::string name;   ///< 1–256 B of UTF-8
  std::string rp_id;  ///< 1–253 B, lower-case A-labels
  UnixMillis created_at = 0;
  Bytes settings;  ///< 0–65,536 B, opaque here: origins and policy as the core encodes them
  std::vector<SigningKey> signing_keys;  ///< 0–8, newest last

  bool operator==(const Tenant&) const = default;
};

}  // namespace masterkey2
