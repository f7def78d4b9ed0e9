// What an operator does to tenants, keys and users (masterkey2ctl), each with its audit entry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/random.hpp"
#include "masterkey2/storage.hpp"
#include "service/clock.hpp"
#include "service/operator_audit.hpp"

namespace masterkey2 {

struct AddedApiKey {
  ApiKey key;
  std::string text;  ///< shown once; only its digest is stored
};

/// One command of an operator. Errors are one sentence.
class OperatorSession {
 public:
  OperatorSession(Storage& storage, RandomSource& random, const Clock& clock)
      : storage_(storage), random_(random), clock_(clock), audit_(storage, random, clock) {}

  /// Also for a user who is so already.
  [[nodiscard]] Result<UserAccount, std::string> set_user_enabled(const TenantId& tenant,
                                                                  std::string_view external_id,
                                                                  bool enabled);
  /// With all passkeys.
  [[nodiscard]] Result<void, std::string> erase_user(const TenantId& tenant,
                                                     std::string_view external_id);

  /// A tenant has at most 20 keys. `name`: 0–256 B; `scopes`: of KeyScope.
  [[nodiscard]] Result<AddedApiKey, std::string> add_api_key(const TenantId& tenant,
                                                             std::string_view name,
                                                             std::uint32_t scopes);
  /// The key is dead on every process once this has answered.
  [[nodiscard]] Result<void, std::string> revoke_api_key(const TenantId& tenant, const ApiKey& key);

  /// With users, passkeys, keys and sign-ins; the audit log stays.
  [[nodiscard]] Result<void, std::string> erase_tenant(const Tenant& tenant);

  /// Stores a changed row of `tenant`, as it was read last.
  [[nodiscard]] Result<Tenant, std::string> update_tenant(const Tenant& changed,
                                                          std::string_view type);

 private:
  [[nodiscard]] Guard guard(const TenantId& tenant) const;
  /// The sentence for an operation that was not done; empty if it was.
  [[nodiscard]] static std::string fault(const StorageResult<Outcome>& outcome);
  [[nodiscard]] Result<UserAccount, std::string> find(const TenantId& tenant,
                                                      std::string_view external_id);

  Storage& storage_;
  RandomSource& random_;
  const Clock& clock_;
  OperatorAudit audit_;
};

}  // namespace masterkey2
