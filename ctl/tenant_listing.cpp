#include "ctl/tenant_listing.hpp"

#include <iterator>

#include "ctl/installation_access.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2::ctl {

Result<std::vector<Tenant>, CommandError> all_tenants(Storage& storage) {
  std::vector<Tenant> tenants;
  PageRequest request{.after = {}, .limit = 1'000};
  for (;;) {
    auto page = storage.list_tenants(request);
    if (!page) return storage_failure(page.error());
    std::move(page->items.begin(), page->items.end(), std::back_inserter(tenants));
    if (page->next.empty()) return tenants;
    request.after = page->next;
  }
}

Result<Tenant, CommandError> find_tenant(Storage& storage, const std::string& id_or_name) {
  if (const auto id = parse_tenant_id(id_or_name)) {
    auto tenant = storage.find_tenant(*id);
    if (!tenant) return storage_failure(tenant.error());
    if (*tenant) return **tenant;
  }
  auto tenants = all_tenants(storage);
  if (!tenants) return tenants.error();
  std::vector<Tenant> named;
  for (Tenant& tenant : *tenants) {
    if (tenant.name == id_or_name) named.push_back(std::move(tenant));
  }
  if (named.empty()) {
    return CommandError{EX_DATAERR, "there is no tenant `" + id_or_name +
                                        "`: `masterkey2ctl tenant list` shows all"};
  }
  if (named.size() > 1) {
    std::string ids;
    for (const Tenant& tenant : named) ids += " " + tenant_id_text(tenant.id);
    return CommandError{EX_DATAERR, std::to_string(named.size()) + " tenants are named `" +
                                        id_or_name + "`, take an id:" + ids};
  }
  return std::move(named.front());
}

}  // namespace masterkey2::ctl
