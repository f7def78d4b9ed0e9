// A user's passkeys, as a site's server manages them.
#pragma once

#include <string>
#include <string_view>

#include "service/access.hpp"

namespace masterkey2 {

/// The credential with its new name. user_not_found, credential_not_found; `name` ≤ 256 B.
[[nodiscard]] ApiResult<CredentialRecord> rename_credential(
    Services& services, const ApiKeyAccess& access, std::string_view external_id,
    ByteView credential_id, const std::string& name, const Call& call);

[[nodiscard]] ApiResult<void> erase_credential(Services& services, const ApiKeyAccess& access,
                                               std::string_view external_id, ByteView credential_id,
                                               const Call& call);

}  // namespace masterkey2
