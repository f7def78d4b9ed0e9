// A credential record (L3 §4 "credential record").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

struct CredentialRecord {
  Bytes id;  ///< 1–1,023 B, unique within the tenant
  UserHandle user;
  Bytes public_key;            ///< 1–8,192 B: the COSE_Key as the authenticator sent it
  std::int32_t algorithm = 0;  ///< COSE algorithm identifier of `public_key`
  std::uint32_t sign_count = 0;
  bool uv_initialized = false;
  bool backup_eligible = false;
  bool backup_state = false;
  bool counter_suspect = false;  ///< a sign count once failed to grow
  Aaguid aaguid;
  std::string attestation_format;       ///< 0–32 B
  std::vector<std::string> transports;  ///< 0–16 of 1–32 B, as the client named them
  std::optional<bool> discoverable;     ///< `credProps.rk`, where the client said
  std::string name;                     ///< 0–256 B of UTF-8, the user's word for it
  UnixMillis created_at = 0;
  UnixMillis last_used_at = 0;  ///< 0: never
  std::uint64_t version = 0;    ///< storage's: 1 at insert, +1 at each update
  Bytes extra;                  ///< 0–4,096 B, opaque here: room for later members

  bool operator==(const CredentialRecord&) const = default;
};

}  // namespace masterkey2
