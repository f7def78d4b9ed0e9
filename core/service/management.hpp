// What the server-to-server calls of management have in common.
#pragma once

#include <string_view>

#include "service/access.hpp"
#include "service/attempts.hpp"

namespace masterkey2 {

/// Holds while the key lives.
[[nodiscard]] Guard management_guard(const Services& services, const ApiKeyAccess& access);

/// The refusal that `outcome` means for a caller with an API key.
[[nodiscard]] ApiError management_refusal(Outcome outcome);

/// An audit entry that names the key.
[[nodiscard]] AuditDraft management_audit(Services& services, const ApiKeyAccess& access,
                                          const Call& call, std::string_view type,
                                          const UserAccount* user);

/// Runs `operation` (a write that carries `audit`) until it is done or refused.
template <class Operation>
[[nodiscard]] ApiResult<void> run_management(Services& services, const ApiKeyAccess& access,
                                             AuditDraft& audit, Operation&& operation) {
  const auto done = with_attempts<bool>([&]() -> Attempt<bool> {
    const StorageResult<Outcome> outcome = operation();
    audit.note(outcome);
    if (worth_another_attempt(services, access.key.tenant, outcome)) return std::optional<bool>{};
    if (!outcome) return storage_failure(outcome.error());
    if (*outcome != Outcome::kDone) return management_refusal(*outcome);
    return std::optional(true);
  });
  if (!done) return done.error();
  return {};
}

}  // namespace masterkey2
