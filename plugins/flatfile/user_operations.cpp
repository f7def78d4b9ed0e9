// FlatfileStorage: users and their credentials.
#include <algorithm>
#include <utility>

#include "flatfile_storage.hpp"
#include "guards.hpp"

namespace masterkey2::flatfile {
namespace {

void fill(UserView& view, std::optional<UserDocument>&& document, bool with_credentials) {
  if (!document) return;
  view.user = std::move(document->user);
  if (with_credentials) view.credentials = std::move(document->credentials);
}

auto find_credential(std::vector<CredentialRecord>& credentials, ByteView id) {
  return std::ranges::find_if(credentials, [id](const CredentialRecord& credential) {
    return equal_bytes(credential.id, id);
  });
}

/// The user that an operation changes: kDone and a document, or why not.
StorageResult<Outcome> load_user(const State& state, const Guard& guard,
                                 std::string_view external_id, UserDocument& document) {
  const Outcome standing = check_guard(state, guard);
  if (standing != Outcome::kDone) return standing;
  auto found = state.find_user(*state.find_tenant(guard.tenant), external_id);
  if (!found) return found.error();
  if (!*found) return Outcome::kUserGone;
  document = std::move(**found);
  return Outcome::kDone;
}

}  // namespace

StorageResult<UserView> FlatfileStorage::find_user(const TenantId& tenant,
                                                   std::string_view external_id,
                                                   bool with_credentials) {
  return read([&](const State& state) -> StorageResult<UserView> {
    const TenantSpace* space = state.find_tenant(tenant);
    UserView view;
    view.standing = standing_of(state, space, std::nullopt);
    if (space == nullptr) return view;
    auto document = state.find_user(*space, external_id);
    if (!document) return document.error();
    fill(view, std::move(*document), with_credentials);
    return view;
  });
}

StorageResult<UserView> FlatfileStorage::find_user(const TenantId& tenant, const UserHandle& handle,
                                                   bool with_credentials,
                                                   const std::optional<TokenId>& session_token) {
  return read([&](const State& state) -> StorageResult<UserView> {
    const TenantSpace* space = state.find_tenant(tenant);
    UserView view;
    view.standing = standing_of(state, space, session_token);
    if (space == nullptr) return view;
    auto document = state.find_user(*space, handle);
    if (!document) return document.error();
    fill(view, std::move(*document), with_credentials);
    return view;
  });
}

StorageResult<Page<UserAccount>> FlatfileStorage::list_users(const TenantId& tenant,
                                                             const PageRequest& page) {
  if (!is_valid(page)) return invalid_argument("list_users: the page");
  return read([&](const State& state) -> StorageResult<Page<UserAccount>> {
    Page<UserAccount> answer;
    const TenantSpace* space = state.find_tenant(tenant);
    if (space == nullptr) return answer;
    const auto& users = space->users.by_external_id();
    auto next = page.after.empty() ? users.begin() : users.upper_bound(as_text(page.after));
    for (; next != users.end() && answer.items.size() < page.limit; ++next) {
      auto document = state.read_document(space->users.location(next->second));
      if (!document) return document.error();
      answer.items.push_back(std::move(document->user));
    }
    if (next != users.end()) answer.next = to_bytes(as_bytes(answer.items.back().external_id));
    return answer;
  });
}

StorageResult<PutUserResult> FlatfileStorage::put_user(const PutUser& put) {
  if (!is_within_limits(put.user) || !fits(put.audit, put.guard)) {
    return invalid_argument("put_user: a field is out of its limits");
  }
  return transact(put.guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<PutUserResult> {
                    PutUserResult answer;
                    answer.outcome = check_guard(state, put.guard);
                    if (answer.outcome != Outcome::kDone) return answer;
                    const TenantSpace& tenant = *state.find_tenant(put.guard.tenant);
                    auto known = state.find_user(tenant, put.user.external_id);
                    if (!known) return known.error();
                    UserDocument document;
                    if (*known) {
                      document = std::move(**known);
                      answer.user = document.user;
                      if (!document.user.enabled) {
                        answer.outcome = Outcome::kUserDisabled;
                        return answer;
                      }
                      if (put.set_display_name) document.user.display_name = put.user.display_name;
                      if (put.set_username) document.user.username = put.user.username;
                      if (document.user == answer.user) return answer;
                      ++document.user.version;
                    } else {
                      const auto same_handle = state.find_user(tenant, put.user.handle);
                      if (!same_handle) return same_handle.error();
                      if (*same_handle) {
                        answer.outcome = Outcome::kAlreadyExists;
                        return answer;
                      }
                      document.user = put.user;
                      document.user.version = 1;
                      answer.created = true;
                    }
                    changes.put_user(put.guard.tenant, encode_document(document), {});
                    changes.append_audit(put.audit);
                    answer.user = std::move(document.user);
                    return answer;
                  });
}

StorageResult<Outcome> FlatfileStorage::set_user_enabled(const Guard& guard,
                                                         std::string_view external_id, bool enabled,
                                                         const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("set_user_enabled: the audit entry");
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    UserDocument document;
                    auto loaded = load_user(state, guard, external_id, document);
                    if (!loaded || *loaded != Outcome::kDone) return loaded;
                    if (document.user.enabled == enabled) return Outcome::kDone;
                    document.user.enabled = enabled;
                    ++document.user.version;
                    changes.put_user(guard.tenant, encode_document(document), {});
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

StorageResult<Outcome> FlatfileStorage::erase_user(const Guard& guard, std::string_view external_id,
                                                   const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("erase_user: the audit entry");
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    UserDocument document;
                    auto loaded = load_user(state, guard, external_id, document);
                    if (!loaded || *loaded != Outcome::kDone) return loaded;
                    changes.erase_user(guard.tenant, document);
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

StorageResult<Outcome> FlatfileStorage::rename_credential(const Guard& guard,
                                                          std::string_view external_id,
                                                          ByteView credential_id,
                                                          std::string_view name,
                                                          const AuditEntry& audit) {
  if (!fits(audit, guard) || name.size() > kMaxNameSize) {
    return invalid_argument("rename_credential: a field is out of its limits");
  }
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    UserDocument document;
                    auto loaded = load_user(state, guard, external_id, document);
                    if (!loaded || *loaded != Outcome::kDone) return loaded;
                    const auto found = find_credential(document.credentials, credential_id);
                    if (found == document.credentials.end()) return Outcome::kNotFound;
                    found->name = name;
                    ++found->version;
                    changes.put_user(guard.tenant, encode_document(document), {});
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

StorageResult<Outcome> FlatfileStorage::erase_credential(const Guard& guard,
                                                         std::string_view external_id,
                                                         ByteView credential_id,
                                                         const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("erase_credential: the audit entry");
  return transact(
      guard.now, [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
        UserDocument document;
        auto loaded = load_user(state, guard, external_id, document);
        if (!loaded || *loaded != Outcome::kDone) return loaded;
        const auto found = find_credential(document.credentials, credential_id);
        if (found == document.credentials.end()) return Outcome::kNotFound;
        document.credentials.erase(found);
        changes.put_user(guard.tenant, encode_document(document), {to_bytes(credential_id)});
        changes.append_audit(audit);
        return Outcome::kDone;
      });
}

}  // namespace masterkey2::flatfile
