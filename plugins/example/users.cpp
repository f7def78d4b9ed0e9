// Users and their credentials.
#include <algorithm>

#include "memory_storage.hpp"

namespace example {
namespace {

auto find_credential(User& user, ByteView id) {
  return std::ranges::find_if(user.credentials, [id](const CredentialRecord& credential) {
    return equal_bytes(credential.id, id);
  });
}

}  // namespace

User* find_by_handle(TenantRows& rows, const UserHandle& handle) {
  for (auto& [external_id, user] : rows.users) {
    if (user.account.handle == handle) return &user;
  }
  return nullptr;
}

std::pair<User*, std::size_t> find_owner(TenantRows& rows, ByteView credential_id) {
  for (auto& [external_id, user] : rows.users) {
    const auto found = find_credential(user, credential_id);
    if (found != user.credentials.end()) {
      return {&user, static_cast<std::size_t>(found - user.credentials.begin())};
    }
  }
  return {nullptr, 0};
}

StorageResult<UserView> MemoryStorage::find_user(const TenantId& tenant,
                                                 std::string_view external_id,
                                                 bool with_credentials) {
  return alone([&]() -> StorageResult<UserView> {
    UserView view;
    view.standing = standing(tenant, std::nullopt);
    const TenantRows* rows = find_rows(tenant);
    if (rows == nullptr) return view;
    const auto found = rows->users.find(external_id);
    if (found == rows->users.end()) return view;
    view.user = found->second.account;
    if (with_credentials) view.credentials = found->second.credentials;
    return view;
  });
}

StorageResult<UserView> MemoryStorage::find_user(const TenantId& tenant, const UserHandle& handle,
                                                 bool with_credentials,
                                                 const std::optional<TokenId>& session_token) {
  return alone([&]() -> StorageResult<UserView> {
    UserView view;
    view.standing = standing(tenant, session_token);
    const auto rows = tenants_.find(tenant);
    const User* user = rows == tenants_.end() ? nullptr : find_by_handle(rows->second, handle);
    if (user == nullptr) return view;
    view.user = user->account;
    if (with_credentials) view.credentials = user->credentials;
    return view;
  });
}

StorageResult<Page<UserAccount>> MemoryStorage::list_users(const TenantId& tenant,
                                                           const PageRequest& page) {
  if (!is_valid(page)) return invalid("list_users");
  return alone([&]() -> StorageResult<Page<UserAccount>> {
    Page<UserAccount> answer;
    const TenantRows* rows = find_rows(tenant);
    if (rows == nullptr) return answer;
    auto next =
        page.after.empty() ? rows->users.begin() : rows->users.upper_bound(as_text(page.after));
    for (; next != rows->users.end() && answer.items.size() < page.limit; ++next) {
      answer.items.push_back(next->second.account);
    }
    if (next != rows->users.end()) {
      answer.next = to_bytes(as_bytes(answer.items.back().external_id));
    }
    return answer;
  });
}

StorageResult<PutUserResult> MemoryStorage::put_user(const PutUser& put) {
  if (!is_within_limits(put.user) || !is_within_limits(put.audit) ||
      put.audit.tenant != put.guard.tenant) {
    return invalid("put_user");
  }
  return alone([&]() -> StorageResult<PutUserResult> {
    PutUserResult answer;
    answer.outcome = check_guard(put.guard);
    if (answer.outcome != Outcome::kDone) return answer;
    TenantRows& rows = tenants_.at(put.guard.tenant);
    const auto known = rows.users.find(put.user.external_id);
    if (known == rows.users.end()) {
      if (find_by_handle(rows, put.user.handle) != nullptr) {
        answer.outcome = Outcome::kAlreadyExists;
        return answer;
      }
      answer.user = put.user;
      answer.user.version = 1;
      answer.created = true;
      rows.users[put.user.external_id].account = answer.user;
      put_audit(put.audit);
      return answer;
    }
    UserAccount& account = known->second.account;
    answer.user = account;
    if (!account.enabled) {
      answer.outcome = Outcome::kUserDisabled;
      return answer;
    }
    if (put.set_display_name) answer.user.display_name = put.user.display_name;
    if (put.set_username) answer.user.username = put.user.username;
    if (answer.user == account) return answer;
    ++answer.user.version;
    account = answer.user;
    put_audit(put.audit);
    return answer;
  });
}

StorageResult<Outcome> MemoryStorage::set_user_enabled(const Guard& guard,
                                                       std::string_view external_id, bool enabled,
                                                       const AuditEntry& audit) {
  auto outcome = write_user(guard, external_id, audit, [&](TenantRows&, const auto& found) {
    UserAccount& account = found->second.account;
    if (account.enabled == enabled)
      return Outcome::kAlreadyExists;  // done already: without an audit entry
    account.enabled = enabled;
    ++account.version;
    return Outcome::kDone;
  });
  if (outcome && *outcome == Outcome::kAlreadyExists) return Outcome::kDone;
  return outcome;
}

StorageResult<Outcome> MemoryStorage::erase_user(const Guard& guard, std::string_view external_id,
                                                 const AuditEntry& audit) {
  return write_user(guard, external_id, audit, [](TenantRows& rows, const auto& found) {
    rows.users.erase(found);
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MemoryStorage::rename_credential(const Guard& guard,
                                                        std::string_view external_id,
                                                        ByteView credential_id,
                                                        std::string_view name,
                                                        const AuditEntry& audit) {
  if (name.size() > kMaxNameSize) return invalid("rename_credential");
  return write_user(guard, external_id, audit, [&](TenantRows&, const auto& user) {
    const auto found = find_credential(user->second, credential_id);
    if (found == user->second.credentials.end()) return Outcome::kNotFound;
    found->name = name;
    ++found->version;
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MemoryStorage::erase_credential(const Guard& guard,
                                                       std::string_view external_id,
                                                       ByteView credential_id,
                                                       const AuditEntry& audit) {
  return write_user(guard, external_id, audit, [&](TenantRows&, const auto& user) {
    const auto found = find_credential(user->second, credential_id);
    if (found == user->second.credentials.end()) return Outcome::kNotFound;
    user->second.credentials.erase(found);
    return Outcome::kDone;
  });
}

}  // namespace example
