// Reads next to L3 §7.2, "Verifying an Authentication Assertion". Steps 1 and 2 (options, get())
// come before, steps 3 and 4 are parse_authentication_response, steps 24 and 25 belong to the
// caller.
#include "webauthn/authentication.hpp"

#include <algorithm>
#include <utility>

#include "crypto/constant_time.hpp"
#include "crypto/sha256.hpp"
#include "webauthn/authenticator_data.hpp"
#include "webauthn/ceremony_checks.hpp"
#include "webauthn/client_data.hpp"
#include "webauthn/cose_key.hpp"

namespace masterkey2::webauthn {
namespace {

/// Step 5: the credential is one of those that the options listed.
Checked<void> verify_listed(ByteView id, std::span<const Bytes> allow_credentials) {
  const bool listed = std::any_of(allow_credentials.begin(), allow_credentials.end(),
                                  [id](const Bytes& allowed) { return equal_bytes(allowed, id); });
  if (allow_credentials.empty() || listed) return {};
  return Finding{Reason::kCredentialNotAllowed, "the options did not list this credential"};
}

/// Step 6: the credential belongs to the user who was named, or whom the response names.
Checked<void> verify_user_handle(const AuthenticationResponse& response,
                                 const AuthenticationExpectations& expected) {
  const ByteView owner = expected.credential.user_handle;
  if (!response.user_handle) {
    if (expected.user_named) return {};
    return Finding{Reason::kUserHandleMismatch, "userHandle is missing and no user was named"};
  }
  const bool unknown = owner.empty() && expected.user_named;
  if (unknown || (!owner.empty() && equal_in_constant_time(*response.user_handle, owner))) {
    return {};
  }
  return Finding{Reason::kUserHandleMismatch, "userHandle is not that of the credential's owner"};
}

/// What the client and the authenticator say, once it has been found to fit.
struct Statements {
  ClientData client_data;
  AuthenticatorData data;
};

/// Steps 7 to 18: all that needs no credential record.
Verified<Statements> verify_statements(const AuthenticationResponse& response,
                                       const AuthenticationExpectations& expected) {
  // Step 7: the three byte strings.
  auto data = parse_authenticator_data(response.authenticator_data);
  if (!data) return at_step("A7", std::move(data.error()));
  // Steps 8 and 9: UTF-8 and JSON.
  auto client_data = parse_client_data(response.client_data_json);
  if (!client_data) return at_step("A9", std::move(client_data.error()));
  // Step 10: type.
  if (auto ok = verify_type(*client_data, "webauthn.get"); !ok) {
    return at_step("A10", std::move(ok.error()));
  }
  // Step 11: challenge.
  if (auto ok = verify_challenge(*client_data, expected.challenge); !ok) {
    return at_step("A11", std::move(ok.error()));
  }
  // Step 12: origin.
  if (auto ok = verify_origin(*client_data, expected.origins); !ok) {
    return at_step("A12", std::move(ok.error()));
  }
  // Step 13: crossOrigin.
  if (auto ok = verify_cross_origin(*client_data, expected.policy); !ok) {
    return at_step("A13", std::move(ok.error()));
  }
  // Step 14: topOrigin.
  if (auto ok = verify_top_origin(*client_data, expected.policy); !ok) {
    return at_step("A14", std::move(ok.error()));
  }
  // Step 15: RP ID hash. The appid extension is not offered.
  if (auto ok = verify_rp_id_hash(*data, expected.rp_id); !ok) {
    return at_step("A15", std::move(ok.error()));
  }
  // Step 16: user presence.
  if (auto ok = verify_user_presence(*data); !ok) return at_step("A16", std::move(ok.error()));
  // Step 17: user verification.
  if (auto ok = verify_user_verification(*data, expected.policy); !ok) {
    return at_step("A17", std::move(ok.error()));
  }
  // Step 18: BS only with BE.
  if (auto ok = verify_backup_flags(*data); !ok) return at_step("A18", std::move(ok.error()));
  return Statements{std::move(*client_data), std::move(*data)};
}

/// Step 19: a credential does not change whether it may be backed up.
Checked<void> verify_backup_eligibility(const AuthenticatorData& data,
                                        const StoredCredential& credential) {
  const bool eligible = data.has(kBackupEligible);
  if (credential.backup_eligible.value_or(eligible) == eligible) return {};
  return Finding{Reason::kBackupEligibilityChanged,
                 eligible ? "BE is set and was clear" : "BE is clear and was set"};
}

/// Steps 20 and 21: the signature over authenticator data and the hash of the client data.
Checked<void> verify_signature(const AuthenticationResponse& response, const CoseKey& key) {
  const Digest client_data_hash = sha256(response.client_data_json);
  if (key.verify({response.authenticator_data, client_data_hash.view()}, response.signature)) {
    return {};
  }
  return Finding{Reason::kBadSignature, "the signature does not verify"};
}

/// The same with the stored key.
Checked<void> verify_signature(const AuthenticationResponse& response,
                               const StoredCredential& credential) {
  if (credential.parsed_key != nullptr) return verify_signature(response, *credential.parsed_key);
  const auto key = parse_cose_key(credential.public_key);
  if (!key) return key.error();
  return verify_signature(response, *key);
}

/// Step 22: whether the sign count has failed to grow. Authenticators without one always say 0.
bool counter_regressed(std::uint32_t received, std::uint32_t stored) {
  return stored != 0 && received <= stored;
}

/// A P-256 key and a signature that fit nothing, at the price of those that do.
void spend_signature_verification(const AuthenticationResponse& response) {
  // The public key is the base point of the curve (SP 800-186 §3.2.1.3).
  static constexpr std::uint8_t kKey[] = {
      0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, 0x6B, 0x17, 0xD1,
      0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
      0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8,
      0x98, 0xC2, 0x96, 0x22, 0x58, 0x20, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F,
      0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33, 0x57,
      0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};
  // r and s: 0x7F, then 31 bytes 0x55.
  static const Bytes signature = [] {
    Bytes der = {0x30, 0x44};
    for (int i = 0; i < 2; ++i) {
      der.insert(der.end(), {0x02, 0x20, 0x7F});
      der.insert(der.end(), 31, 0x55);
    }
    return der;
  }();
  const auto key = parse_cose_key(kKey);
  const Digest client_data_hash = sha256(response.client_data_json);
  if (key) {
    static_cast<void>(
        key->verify({response.authenticator_data, client_data_hash.view()}, signature));
  }
}

}  // namespace

Verified<AuthenticationResult> verify_authentication(const AuthenticationResponse& response,
                                                     const AuthenticationExpectations& expected) {
  // Step 5: listed.
  if (auto ok = verify_listed(response.id, expected.allow_credentials); !ok) {
    return at_step("A5", ok.error());
  }
  // Step 6: the user. Finding the record belongs to the caller.
  if (auto ok = verify_user_handle(response, expected); !ok) return at_step("A6", ok.error());

  // Steps 7 to 18.
  auto statements = verify_statements(response, expected);
  if (!statements) return statements.error();
  const AuthenticatorData& data = statements->data;

  // Step 19: backup eligibility.
  if (auto ok = verify_backup_eligibility(data, expected.credential); !ok) {
    return at_step("A19", ok.error());
  }
  // Steps 20 and 21: the signature.
  if (auto ok = verify_signature(response, expected.credential); !ok) {
    return at_step("A21", ok.error());
  }
  // Step 22: the sign count.
  const bool regressed = expected.policy.counter != CounterPolicy::kIgnore &&
                         counter_regressed(data.sign_count, expected.credential.sign_count);
  if (regressed && expected.policy.counter == CounterPolicy::kRefuse) {
    return at_step("A22", {Reason::kCounterRegression,
                           "the sign count is " + std::to_string(data.sign_count) + " after " +
                               std::to_string(expected.credential.sign_count)});
  }
  // Step 23: extension outputs are tolerated and not used.

  return AuthenticationResult{
      .flags = data.flags,
      .user_verified = data.has(kUserVerified),
      .backup_state = data.has(kBackupState),
      .backup_eligible = data.has(kBackupEligible),
      .sign_count = data.sign_count,
      .counter_regressed = regressed,
      .origin = std::move(*statements->client_data.origin),
  };
}

Verified<void> verify_unknown_credential(const AuthenticationResponse& response,
                                         const AuthenticationExpectations& expected) {
  if (auto ok = verify_listed(response.id, expected.allow_credentials); !ok) {
    return at_step("A5", ok.error());
  }
  if (const auto statements = verify_statements(response, expected); !statements) {
    return statements.error();
  }
  spend_signature_verification(response);
  return {};
}

}  // namespace masterkey2::webauthn
