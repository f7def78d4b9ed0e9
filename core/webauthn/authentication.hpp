// Verifying an authentication assertion (L3 §7.2). Pure: bytes in, verdict out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"
#include "webauthn/ceremony_policy.hpp"
#include "webauthn/verification_error.hpp"

namespace masterkey2::webauthn {

/// AuthenticationResponseJSON (L3 §5.1.8), decoded.
struct AuthenticationResponse {
  Bytes id;  ///< 1–1,023 B
  Bytes client_data_json;
  Bytes authenticator_data;
  Bytes signature;
  std::optional<Bytes> user_handle;  ///< absent and null are the same
};

/// Steps 3 and 4 (A3, A4).
[[nodiscard]] Verified<AuthenticationResponse> parse_authentication_response(const Json& json);

struct CoseKey;

/// The stored credential record, as far as verification needs it.
struct StoredCredential {
  ByteView public_key;  ///< COSE_Key bytes
  std::uint32_t sign_count = 0;
  std::optional<bool> backup_eligible{};  ///< absent: not known
  /// Of the owner. Empty: not known, which passes only where the user was named.
  ByteView user_handle{};
  /// `public_key`, parsed before. Null: it is parsed when the signature's turn has come.
  const CoseKey* parsed_key = nullptr;
};

struct AuthenticationExpectations {
  ByteView challenge;
  std::string_view rp_id;
  std::span<const std::string> origins;
  const CeremonyPolicy& policy;
  /// Ids that the options listed; empty: none (the user is discovered by `userHandle`).
  std::span<const Bytes> allow_credentials;
  /// True: the user was named at begin, so `userHandle` may be absent.
  bool user_named = false;
  const StoredCredential& credential;
};

struct AuthenticationResult {
  std::uint8_t flags = 0;
  bool user_verified = false;
  bool backup_state = false;
  bool backup_eligible = false;
  std::uint32_t sign_count = 0;    ///< as sent
  bool counter_regressed = false;  ///< and policy lets it pass
  std::string origin;
};

/// Steps 5 to 23. The record's update (24) belongs to the caller.
[[nodiscard]] Verified<AuthenticationResult> verify_authentication(
    const AuthenticationResponse& response, const AuthenticationExpectations& expected);

/// Steps 5 and 7 to 18, without any credential (`expected.credential` is not read): what must hold
/// before a client may be told that its credential is unknown. Costs a dummy signature
/// verification where verify_authentication would get as far as a real one, so that unknown and
/// known credentials take alike.
[[nodiscard]] Verified<void> verify_unknown_credential(const AuthenticationResponse& response,
                                                       const AuthenticationExpectations& expected);

}  // namespace masterkey2::webauthn
