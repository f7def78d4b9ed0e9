// FlatfileStorage: revocations and short-lived records.
#include <string>
#include <utility>

#include "flatfile_storage.hpp"
#include "guards.hpp"

namespace masterkey2::flatfile {
namespace {

bool is_valid_key(ByteView key) { return size_within(key.size(), 1, kMaxEphemeralKeySize); }

}  // namespace

StorageResult<Outcome> FlatfileStorage::revoke_token(const Guard& guard, const TokenId& token,
                                                     UnixMillis keep_until,
                                                     const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("revoke_token: the audit entry");
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    const Outcome standing = check_guard(state, guard);
                    if (standing != Outcome::kDone) return standing;
                    const TenantSpace& tenant = *state.find_tenant(guard.tenant);
                    if (tenant.revocations.find(token) != nullptr) return Outcome::kDone;
                    changes.put_revocation(guard.tenant, token, state.next_revocation, keep_until);
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

StorageResult<Page<TokenId>> FlatfileStorage::list_revocations(const PageRequest& page) {
  Decoder after(page.after);
  const std::uint64_t last = page.after.empty() ? 0 : after.integer<std::uint64_t>();
  if (!is_valid(page) || !after.complete()) return invalid_argument("list_revocations: the page");
  return read([&](const State& state) -> StorageResult<Page<TokenId>> {
    Page<TokenId> answer;
    const auto& all = state.revocations_in_order();
    std::uint64_t reached = last;
    auto next = all.upper_bound(last);
    for (; next != all.end() && answer.items.size() < page.limit; ++next) {
      answer.items.push_back(next->second);
      reached = next->first;
    }
    if (next != all.end()) Encoder(answer.next).integer(reached);
    return answer;
  });
}

StorageResult<Outcome> FlatfileStorage::put_ephemeral(const Guard& guard, ByteView key,
                                                      std::uint64_t expected_version,
                                                      ByteView value, UnixMillis expires_at) {
  if (!is_valid_key(key) || value.size() > kMaxEphemeralValueSize) {
    return invalid_argument("put_ephemeral: a field is out of its limits");
  }
  return transact(
      guard.now, [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
        const Outcome standing = check_guard(state, guard);
        if (standing != Outcome::kDone) return standing;
        const TenantSpace& tenant = *state.find_tenant(guard.tenant);
        const EphemeralRow* known = tenant.ephemerals.find(std::string(as_text(key)));
        const bool exists = known != nullptr && guard.now < known->keep_until;
        if (expected_version == 0) {
          if (exists) return Outcome::kAlreadyExists;
        } else {
          if (!exists) return Outcome::kNotFound;
          if (known->version != expected_version) return Outcome::kVersionChanged;
        }
        changes.put_ephemeral(guard.tenant, key, expected_version + 1, expires_at, value);
        return Outcome::kDone;
      });
}

StorageResult<std::optional<Storage::Ephemeral>> FlatfileStorage::find_ephemeral(
    const TenantId& tenant, ByteView key, UnixMillis now) {
  if (!is_valid_key(key)) return invalid_argument("find_ephemeral: the key");
  return read([&](const State& state) -> StorageResult<std::optional<Ephemeral>> {
    const TenantSpace* space = state.find_tenant(tenant);
    const EphemeralRow* row =
        space == nullptr ? nullptr : space->ephemerals.find(std::string(as_text(key)));
    if (row == nullptr || now >= row->keep_until) return std::optional<Ephemeral>();
    return std::optional(Ephemeral{row->version, row->value, row->keep_until});
  });
}

}  // namespace masterkey2::flatfile
