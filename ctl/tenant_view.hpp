// Tenants as masterkey2ctl shows them.
#pragma once

#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "masterkey2/api_key.hpp"
#include "masterkey2/tenant.hpp"

namespace masterkey2::ctl {

/// `keys` without secrets: storage has only digests, and those stay out, too.
[[nodiscard]] Json tenant_json(const Tenant& tenant, const std::vector<ApiKey>& keys);
[[nodiscard]] std::string tenant_text(const Tenant& tenant, const std::vector<ApiKey>& keys);

}  // namespace masterkey2::ctl
