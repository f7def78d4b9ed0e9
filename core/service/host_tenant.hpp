// The tenant whose RP ID is the host of base_url.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "masterkey2/storage.hpp"
#include "service/api_error.hpp"
#include "service/clock.hpp"
#include "service/tenant_cache.hpp"

namespace masterkey2 {

/// Thread-safe. Strangers may ask as often as they like: tenants are searched once, and while there
/// is none again at most once a minute.
class HostTenant {
 public:
  HostTenant(Storage& storage, const Clock& clock, TenantCache& tenants,
             const std::string& base_url);

  /// Of base_url: lower case, no port.
  [[nodiscard]] const std::string& host() const { return host_; }
  /// Null if there is none; `localhost` may be the RP ID of many and is nobody's.
  [[nodiscard]] ApiResult<TenantPointer> find();

 private:
  [[nodiscard]] ApiResult<std::optional<TenantId>> search();

  Storage& storage_;
  const Clock& clock_;
  TenantCache& tenants_;
  const std::string host_;
  std::mutex mutex_;
  std::optional<TenantId> id_;
  std::optional<UnixMillis> searched_at_;
};

}  // namespace masterkey2
