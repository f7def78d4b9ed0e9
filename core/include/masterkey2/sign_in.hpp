// A finished authentication ceremony, kept until it has been verified server to server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

enum class Channel : std::uint8_t { kDirect = 0, kCrossDevice = 1 };

/// The raw material of a ceremony, for sites that verify it themselves.
struct SignInProof {
  Bytes authenticator_data;  ///< 37–65,536 B
  Bytes client_data_json;    ///< 1–65,536 B, as received
  Bytes signature;           ///< 1–2,048 B
  std::int32_t algorithm = 0;
  Bytes challenge_salt;  ///< 0 or 32 B

  bool operator==(const SignInProof&) const = default;
};

/// Doubles as the claim on its ceremony: `id` is the ceremony's, and a second insert of it fails.
struct SignIn {
  TokenId id;
  TokenId session_token;  ///< the session token that the ceremony ran under
  UserHandle user;
  Bytes credential_id;  ///< 1–1,023 B
  UnixMillis at = 0;    ///< when the signature was verified
  /// May be taken before this moment.
  UnixMillis takeable_until = 0;
  /// Must stay known at least until this moment: later, nothing that it guards can be accepted.
  UnixMillis keep_until = 0;
  Channel channel = Channel::kDirect;
  /// False: cannot be taken yet (a cross-device sign-in before its code was right).
  bool confirmed = true;
  std::uint8_t flags = 0;  ///< flags byte of the authenticator data (L3 §6.1)
  std::uint32_t sign_count = 0;
  bool counter_suspect = false;
  std::optional<Digest> binding;  ///< SHA-256 of what the session token was bound to
  std::optional<SignInProof> proof;
  std::uint64_t user_version = 0;  ///< the versions that the verdict rests on
  std::uint64_t credential_version = 0;
  Bytes extra;  ///< 0–4,096 B, opaque here

  bool operator==(const SignIn&) const = default;
};

}  // namespace masterkey2
