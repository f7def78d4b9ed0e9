#include "service/credential_options.hpp"

#include <string_view>

#include "encoding/base64url.hpp"

namespace masterkey2 {
namespace {

constexpr std::string_view kCredentialType = "public-key";
constexpr std::size_t kMaxAlgorithms = 64;  // that a ceremony seals

std::string_view word(webauthn::UserVerification value) {
  switch (value) {
    case webauthn::UserVerification::kPreferred:
      return "preferred";
    case webauthn::UserVerification::kDiscouraged:
      return "discouraged";
    case webauthn::UserVerification::kRequired:
      break;
  }
  return "required";
}

std::string_view word(webauthn::AttestationConveyance value) {
  switch (value) {
    case webauthn::AttestationConveyance::kIndirect:
      return "indirect";
    case webauthn::AttestationConveyance::kDirect:
      return "direct";
    case webauthn::AttestationConveyance::kEnterprise:
      return "enterprise";
    case webauthn::AttestationConveyance::kNone:
      break;
  }
  return "none";
}

/// What the browser should offer first (L3 §5.8.7).
void add_hints(const TenantSettings& settings, Json& options) {
  if (!settings.hints.empty()) options["hints"] = settings.hints;
}

/// Certificates are sent only where they are asked for.
webauthn::AttestationConveyance attestation_conveyance(const TenantSettings& settings) {
  using webauthn::AttestationConveyance;
  using webauthn::AttestationTrustRule;
  const bool needs_certificates = settings.attestation_trust == AttestationTrustRule::kAnchors ||
                                  settings.attestation_trust == AttestationTrustRule::kMetadata;
  if (!needs_certificates || settings.attestation == AttestationConveyance::kEnterprise) {
    return settings.attestation;
  }
  return AttestationConveyance::kDirect;
}

Json descriptors(const std::vector<CredentialRecord>& records) {
  Json list = Json::array();
  for (const CredentialRecord& record : records) {
    Json descriptor = {{"type", kCredentialType}, {"id", base64url_encode(record.id)}};
    if (!record.transports.empty()) descriptor["transports"] = record.transports;
    list.push_back(std::move(descriptor));
  }
  return list;
}

}  // namespace

AccountNames account_names(const TenantSnapshot& tenant, const UserAccount& user) {
  const std::string& shown =
      user.display_name.empty() ? tenant.settings.rp_name : user.display_name;
  AccountNames names;
  names.name = user.username.empty() ? shown : user.username;
  names.display_name = user.display_name.empty() ? names.name : user.display_name;
  return names;
}

Json creation_options(const TenantSnapshot& tenant, const UserAccount& user,
                      const std::vector<CredentialRecord>& existing,
                      const CeremonyClaims& ceremony) {
  const TenantSettings& settings = tenant.settings;
  const AccountNames names = account_names(tenant, user);
  Json parameters = Json::array();
  for (const std::int32_t algorithm : ceremony.policy.algorithms) {
    parameters.push_back({{"type", kCredentialType}, {"alg", algorithm}});
  }
  Json options = {
      {"rp", {{"id", tenant.tenant.rp_id}, {"name", settings.rp_name}}},
      {"user",
       {{"id", base64url_encode(user.handle.view())},
        {"name", names.name},
        {"displayName", names.display_name}}},
      {"challenge", base64url_encode(ceremony.challenge)},
      {"pubKeyCredParams", std::move(parameters)},
      {"timeout", settings.authenticator_timeout_ms},
      {"excludeCredentials", descriptors(existing)},
      {"authenticatorSelection",
       {{"residentKey", settings.resident_key},
        {"requireResidentKey", settings.resident_key == "required"},
        {"userVerification", word(ceremony.policy.user_verification)}}},
      {"attestation", word(ceremony.policy.attestation)},
      {"extensions", {{"credProps", true}}},
  };
  add_hints(settings, options);
  return options;
}

Json request_options(const TenantSnapshot& tenant, const std::vector<CredentialRecord>& allowed,
                     const CeremonyClaims& ceremony) {
  Json options = {
      {"challenge", base64url_encode(ceremony.challenge)},
      {"timeout", tenant.settings.authenticator_timeout_ms},
      {"rpId", tenant.tenant.rp_id},
      {"allowCredentials", descriptors(allowed)},
      {"userVerification", word(ceremony.policy.user_verification)},
  };
  add_hints(tenant.settings, options);
  return options;
}

webauthn::CeremonyPolicy current_policy(const TenantSettings& settings) {
  webauthn::CeremonyPolicy policy;
  policy.user_verification = settings.user_verification;
  policy.algorithms = settings.offered_algorithms();
  if (policy.algorithms.size() > kMaxAlgorithms) policy.algorithms.resize(kMaxAlgorithms);
  policy.attestation = attestation_conveyance(settings);
  policy.attestation_trust = settings.attestation_trust;
  policy.aaguids = settings.aaguids;
  policy.legacy_attestation = settings.legacy_attestation;
  policy.allow_synced = settings.synced_passkeys;
  policy.counter = settings.counter_policy;
  policy.allow_cross_origin = settings.allow_cross_origin;
  return policy;
}

}  // namespace masterkey2
