// The settings of a tenant: what `Tenant::settings` holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"
#include "webauthn/ceremony_policy.hpp"

namespace masterkey2 {

struct TenantSettings {
  std::string rp_name;               ///< 1–256 B
  std::vector<std::string> origins;  ///< exact, ≤ 64
  bool allow_subdomains = false;
  webauthn::UserVerification user_verification = webauthn::UserVerification::kRequired;
  std::string resident_key = "required";  ///< required, preferred, discouraged
  webauthn::AttestationConveyance attestation = webauthn::AttestationConveyance::kNone;
  std::optional<std::vector<std::int32_t>> algorithms;  ///< absent: the default list
  webauthn::CounterPolicy counter_policy = webauthn::CounterPolicy::kFlag;
  std::uint32_t max_credentials_per_user = 20;  ///< 1–64
  bool proof_forwarding = false;
  std::string cross_device = "code";  ///< code, off
  bool verify_by_session_token = true;
  bool require_origin = true;
  std::int64_t authenticator_timeout_ms = 120'000;  ///< 15,000–600,000
  bool allow_cross_origin = false;
  std::vector<std::string> top_origins;
  /// With kAnchors and kMetadata, attestation is direct unless it is set to enterprise.
  webauthn::AttestationTrustRule attestation_trust = webauthn::AttestationTrustRule::kNone;
  std::vector<Aaguid> aaguids;  ///< models that may register, ≤ 64; empty: see CeremonyPolicy
  webauthn::LegacyAttestation legacy_attestation;
  bool synced_passkeys = true;               ///< may register, not only device-bound ones
  std::vector<std::string> hints;            ///< security-key, client-device, hybrid
  std::vector<std::string> related_origins;  ///< of other sites that may use the RP ID, ≤ 64
  std::vector<std::string> app_origins;      ///< of native apps: android:apk-key-hash:…, ≤ 64
  bool signal = true;                        ///< browsers are told which passkeys are gone

  bool operator==(const TenantSettings&) const = default;

  /// ES256, EdDSA, RS256 unless set; ES256 alone while proof forwarding is on and nothing is set.
  /// Without what this process's OpenSSL does not have.
  [[nodiscard]] std::vector<std::int32_t> offered_algorithms() const;
};

/// JSON text, the members named as above; algorithms by name (`ES256`), null for the default.
[[nodiscard]] Bytes encode_tenant_settings(const TenantSettings& settings);
/// Unknown members are ignored (a newer server wrote them), missing ones take their default. The
/// error is one sentence.
[[nodiscard]] Result<TenantSettings, std::string> decode_tenant_settings(ByteView bytes);

/// The names of all members, in the order of the struct.
[[nodiscard]] std::vector<std::string_view> tenant_setting_names();

/// Sets one member from text as an operator writes it (`user_verification=preferred`, lists with
/// commas). The error is one sentence that names what is allowed.
[[nodiscard]] Result<void, std::string> set_tenant_setting(TenantSettings& settings,
                                                           std::string_view key,
                                                           std::string_view value);

}  // namespace masterkey2
