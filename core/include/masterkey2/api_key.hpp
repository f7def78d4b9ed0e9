// An API key as it is stored: never the key itself.
#pragma once

#include <cstdint>
#include <string>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// What an API key may do; a bit set.
enum class KeyScope : std::uint32_t { kSignIn = 1, kManage = 2, kAudit = 4 };
inline constexpr std::uint32_t kAllKeyScopes = 7;

struct ApiKey {
  ApiKeyId id;
  TenantId tenant;
  /// SHA-256 of the key's text; unique in the installation.
  Digest digest;
  std::string prefix;  ///< 12 B: the first characters, for people
  std::string name;    ///< 0–256 B of UTF-8
  std::uint32_t scopes = kAllKeyScopes;
  /// Keys that replaced one another share a lineage; the newest has the highest number.
  ApiKeyId lineage;
  std::uint32_t lineage_number = 1;
  UnixMillis created_at = 0;
  UnixMillis expires_at = 0;  ///< 0: lives until revoked; otherwise dead from this moment
  std::uint64_t version = 0;  ///< storage's: 1 at insert, +1 at each update

  bool operator==(const ApiKey&) const = default;
};

}  // namespace masterkey2
