// What a user token says.
#pragma once

#include <optional>

#include "service/claims/token_envelope.hpp"

namespace masterkey2 {

struct UserClaims {
  TokenEnvelope envelope;
  UserHandle user;   ///< not the external_id: an erased user is not raised by an older token
  ApiKeyId api_key;  ///< that asked for the token; it dies with it

  bool operator==(const UserClaims&) const = default;
};

[[nodiscard]] Bytes encode_claims(const UserClaims& claims);
[[nodiscard]] std::optional<UserClaims> decode_user_claims(ByteView bytes);

}  // namespace masterkey2
