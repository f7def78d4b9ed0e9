#include "service/credential_options.hpp"

#include <string_view>
#include <utility>

#include "encoding/json_text.hpp"

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

void add_texts(JsonObjectText& object, std::string_view name,
               const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  object.texts(name, std::vector<std::string_view>(texts.begin(), texts.end()));
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

std::vector<JsonObjectText> descriptors(const std::vector<CredentialRecord>& records) {
  std::vector<JsonObjectText> list(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    list[i].text("type", kCredentialType).bytes("id", records[i].id);
    add_texts(list[i], "transports", records[i].transports);
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

std::string creation_options(const TenantSnapshot& tenant, const UserAccount& user,
                             const std::vector<CredentialRecord>& existing,
                             const CeremonyClaims& ceremony) {
  const TenantSettings& settings = tenant.settings;
  const AccountNames names = account_names(tenant, user);
  JsonObjectText rp;
  rp.text("id", tenant.tenant.rp_id).text("name", settings.rp_name);
  JsonObjectText account;
  account.bytes("id", user.handle.view())
      .text("name", names.name)
      .text("displayName", names.display_name);
  std::vector<JsonObjectText> parameters(ceremony.policy.algorithms.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].text("type", kCredentialType).number("alg", ceremony.policy.algorithms[i]);
  }
  JsonObjectText selection;
  selection.text("residentKey", settings.resident_key)
      .truth("requireResidentKey", settings.resident_key == "required")
      .text("userVerification", word(ceremony.policy.user_verification));
  JsonObjectText extensions;
  extensions.truth("credProps", true);
  JsonObjectText options;
  options.object("rp", std::move(rp))
      .object("user", std::move(account))
      .bytes("challenge", ceremony.challenge)
      .objects("pubKeyCredParams", std::move(parameters))
      .number("timeout", settings.authenticator_timeout_ms)
      .objects("excludeCredentials", descriptors(existing))
      .object("authenticatorSelection", std::move(selection))
      .text("attestation", word(ceremony.policy.attestation))
      .object("extensions", std::move(extensions));
  add_texts(options, "hints", settings.hints);
  return std::move(options).take();
}

std::string request_options(const TenantSnapshot& tenant,
                            const std::vector<CredentialRecord>& allowed,
                            const CeremonyClaims& ceremony) {
  JsonObjectText options;
  options.bytes("challenge", ceremony.challenge)
      .number("timeout", tenant.settings.authenticator_timeout_ms)
      .text("rpId", tenant.tenant.rp_id)
      .objects("allowCredentials", descriptors(allowed))
      .text("userVerification", word(ceremony.policy.user_verification));
  add_texts(options, "hints", tenant.settings.hints);
  return std::move(options).take();
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
