// The `publicKey` member of begin's answers (L3 §5.1.9, §5.1.10), as JSON text.
#pragma once

#include <string>
#include <vector>

#include "masterkey2/credential_record.hpp"
#include "masterkey2/user_account.hpp"
#include "service/claims/ceremony_claims.hpp"
#include "service/tenant_cache.hpp"

namespace masterkey2 {

/// What an authenticator lists a passkey under; neither is empty.
struct AccountNames {
  std::string name;
  std::string display_name;
};
[[nodiscard]] AccountNames account_names(const TenantSnapshot& tenant, const UserAccount& user);

/// PublicKeyCredentialCreationOptionsJSON; `existing` become `excludeCredentials`.
[[nodiscard]] std::string creation_options(const TenantSnapshot& tenant, const UserAccount& user,
                                           const std::vector<CredentialRecord>& existing,
                                           const CeremonyClaims& ceremony);

/// PublicKeyCredentialRequestOptionsJSON; `allowed` is empty unless the user was named.
[[nodiscard]] std::string request_options(const TenantSnapshot& tenant,
                                          const std::vector<CredentialRecord>& allowed,
                                          const CeremonyClaims& ceremony);

/// What the tenant demands now: to be sealed into a ceremony.
[[nodiscard]] webauthn::CeremonyPolicy current_policy(const TenantSettings& settings);

}  // namespace masterkey2
