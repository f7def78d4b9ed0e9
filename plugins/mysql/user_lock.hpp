// What the operations on users and on their credentials share.
#pragma once

#include <optional>
#include <string_view>

#include "transaction.hpp"

namespace masterkey2::mysql {

/// The user's row, locked against all other changes of it and of its set of credentials.
[[nodiscard]] std::optional<UserHandle> lock_user(Transaction& transaction, const TenantId& tenant,
                                                  std::string_view external_id);

/// The same by handle, if there is one. It writes the row, so that Galera's other nodes see the
/// conflict between changes of the user's set of credentials.
inline void lock_credential_set(Transaction& transaction, const TenantId& tenant,
                                const UserHandle& user) {
  transaction.lock(
      "UPDATE users SET credential_set = credential_set + 1 WHERE tenant = ? AND handle = ?",
      {tenant, user});
}

}  // namespace masterkey2::mysql
