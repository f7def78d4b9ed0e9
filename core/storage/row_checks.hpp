// Is what a plugin returned what it was asked for, and within the documented limits?
#pragma once

#include <optional>
#include <string_view>

#include "masterkey2/limits.hpp"
#include "masterkey2/storage.hpp"

namespace masterkey2 {

[[nodiscard]] inline bool is_known(Outcome outcome) { return outcome <= Outcome::kLimitReached; }
[[nodiscard]] inline bool is_known(TakeOutcome outcome) {
  return outcome <= TakeOutcome::kTokenRevoked;
}

/// `row_ok(row)` for each; no more than asked for; a cursor within its limit.
template <class T, class RowOk>
[[nodiscard]] bool is_sound(const Page<T>& page, const PageRequest& request, RowOk&& row_ok) {
  return page.items.size() <= request.limit && page.next.size() <= kMaxCursorSize &&
         std::ranges::all_of(page.items, row_ok);
}

/// User and credentials fit together.
[[nodiscard]] bool is_sound(const UserView& view);
[[nodiscard]] bool is_sound(const SignInView& view, ByteView credential_id);
[[nodiscard]] bool is_sound(const TakeResult& result, const TakeSignIn& take);
[[nodiscard]] bool is_sound(const PutUserResult& result, const PutUser& put);
[[nodiscard]] bool is_sound(const ApiKeyAccess& access, const Digest& digest);
[[nodiscard]] bool is_sound(const AuditEntry& entry, const TenantId& tenant,
                            const Storage::AuditFilter& filter);

}  // namespace masterkey2
