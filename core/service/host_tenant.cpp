#include "service/host_tenant.hpp"

#include <algorithm>
#include <string_view>

#include "service/failure.hpp"
#include "service/rp_id.hpp"

namespace masterkey2 {
namespace {

constexpr UnixMillis kSearchPause = 60'000;
constexpr std::uint32_t kPageSize = 1'000;

std::string host_of(std::string_view url) {
  const std::string_view host = origin_host(url);
  return std::string(host.substr(0, host.find('/')));
}

}  // namespace

HostTenant::HostTenant(Storage& storage, const Clock& clock, TenantCache& tenants,
                       const std::string& base_url)
    : storage_(storage), clock_(clock), tenants_(tenants), host_(host_of(base_url)) {}

ApiResult<TenantPointer> HostTenant::find() {
  std::optional<TenantId> id;
  {
    // Held while storage is searched: one thread does it for all.
    const std::lock_guard lock(mutex_);
    const UnixMillis age = searched_at_ ? clock_.now() - *searched_at_ : -1;
    if (!id_ && (age < 0 || age >= kSearchPause)) {
      auto found = search();
      if (!found) return found.error();
      id_ = *found;
      searched_at_ = clock_.now();
    }
    id = id_;
  }
  if (!id) return TenantPointer{};
  auto tenant = tenants_.recent(*id);
  if (tenant && !*tenant) {
    const std::lock_guard lock(mutex_);
    if (id_ == id) id_.reset();  // deleted: another one may have the RP ID since
  }
  return tenant;
}

ApiResult<std::optional<TenantId>> HostTenant::search() {
  if (host_ == "localhost") return std::optional<TenantId>{};
  PageRequest request{.after = {}, .limit = kPageSize};
  do {
    auto page = storage_.list_tenants(request);
    if (!page) return storage_failure(page.error());
    const auto found = std::find_if(page->items.begin(), page->items.end(),
                                    [&](const Tenant& tenant) { return tenant.rp_id == host_; });
    if (found != page->items.end()) return std::optional(found->id);
    request.after = std::move(page->next);
  } while (!request.after.empty());
  return std::optional<TenantId>{};
}

}  // namespace masterkey2
