// What a browser's passkey provider may be told by the Signal API (L3 §5.1.10), and when.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "masterkey2/storage.hpp"
#include "service/claims/ceremony_claims.hpp"
#include "service/services.hpp"

namespace masterkey2 {

/// After a sign-in: the account as it is. A provider hides every other passkey of the user.
struct AccountSignal {
  UserHandle user;
  std::vector<Bytes> accepted;  ///< credential ids, all or none
  std::string name;             ///< as registration has them; never empty
  std::string display_name;
};

/// `view`: of a sign-in whose signature is good. Absent where the tenant does not want it, for
/// another device, and while the rows may lack what a restore has forgotten.
[[nodiscard]] std::optional<AccountSignal> account_signal(const Services& services,
                                                          const TenantSnapshot& tenant,
                                                          const CeremonyClaims& ceremony,
                                                          const SignInView& view);

/// May the client be told that the passkey that it named is gone? Not where somebody else's is
/// refused alike: under an RP ID that tenants share, or when the user was named before.
[[nodiscard]] bool may_signal_unknown(const Services& services, const TenantSnapshot& tenant,
                                      const CeremonyClaims& ceremony);

}  // namespace masterkey2
