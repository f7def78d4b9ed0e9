// A user of a tenant.
#pragma once

#include <cstdint>
#include <string>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

struct UserAccount {
  UserHandle handle;         ///< unique within the tenant
  std::string external_id;   ///< 1–255 B, unique within the tenant, compared byte by byte
  std::string display_name;  ///< 0–256 B of UTF-8; empty: not given
  std::string username;      ///< 0–256 B of UTF-8; empty: not given
  bool enabled = true;
  UnixMillis created_at = 0;
  std::uint64_t version = 0;  ///< storage's: 1 at insert, +1 at each update
  Bytes extra;                ///< 0–4,096 B, opaque here: room for later members

  bool operator==(const UserAccount&) const = default;
};

}  // namespace masterkey2
